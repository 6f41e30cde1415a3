import type { ShowProps } from '../types';

export function BooleanShow({ value }: ShowProps) {
  if (value === null || value === undefined) return null;
  return <span>{value === true ? 'Yes' : 'No'}</span>;
}
