import { formatDecimal, formatShort } from '../../core/decimal';
import type { FieldType } from '../../meta/types';

/** How a number of a type is shown: money with its paise, others without zeros that say nothing. */
export function formatNumber(
  value: string | number,
  type: FieldType | string,
  scale: number,
): string {
  if (type === 'money') return formatDecimal(value, scale || 2);
  if (type === 'rate') return formatShort(value, scale, Math.min(2, scale));
  if (type === 'integer') return formatDecimal(value, 0);
  return formatShort(value, scale, 0);
}
