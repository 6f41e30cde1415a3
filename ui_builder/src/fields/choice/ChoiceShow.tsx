import { textOf } from '../../api/values';
import type { ShowProps } from '../types';

export function ChoiceShow({ field, value }: ShowProps) {
  const key = textOf(value);
  return <span>{field.options.find((option) => option.value === key)?.label ?? key}</span>;
}
