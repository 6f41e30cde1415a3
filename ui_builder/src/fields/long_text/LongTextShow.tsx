import { textOf } from '../../api/values';
import type { ShowProps } from '../types';

export function LongTextShow({ value }: ShowProps) {
  const text = textOf(value);
  return <span title={text}>{text.length > 80 ? `${text.slice(0, 79)}…` : text}</span>;
}
