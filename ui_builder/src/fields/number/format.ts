import { formatDecimal, formatShort } from '../../core/decimal';
import type { FieldType } from '../../meta/types';

/** How a number of a type is shown: money with its paise, others without zeros that say nothing. */
export function formatNumber(
  value: string | number,
  type: FieldType | string,
  scale: number,
  sizes: readonly number[],
): string {
  if (type === 'money') return formatDecimal(value, scale || 2, sizes);
  if (type === 'rate') return formatShort(value, scale, Math.min(2, scale), sizes);
  if (type === 'integer') return formatDecimal(value, 0, sizes);
  return formatShort(value, scale, 0, sizes);
}
