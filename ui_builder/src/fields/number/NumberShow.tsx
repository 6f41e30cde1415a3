import { textOf } from '../../api/values';
import { isNegative, isZero } from '../../core/decimal';
import { useDigitGroups } from '../../meta/MetaContext';
import styles from '../control.module.css';
import type { ShowProps } from '../types';
import { formatNumber } from './format';

export function NumberShow({ field, value }: ShowProps) {
  const sizes = useDigitGroups();
  const text = textOf(value);
  if (text === '') return null;
  const tone = isZero(text) ? styles.nil : isNegative(text) ? styles.negative : '';
  const sign = field.type === 'percent' ? ' %' : '';
  return (
    <span className={`${styles.number} ${tone ?? ''}`}>
      {formatNumber(text, field.type, field.scale, sizes)}
      {sign}
    </span>
  );
}
