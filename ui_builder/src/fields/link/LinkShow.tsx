import { textOf } from '../../api/values';
import type { ShowProps } from '../types';

export function LinkShow({ value }: ShowProps) {
  return <span>{textOf(value)}</span>;
}
