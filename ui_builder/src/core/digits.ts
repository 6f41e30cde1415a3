/** How digits stand together; the same as `group_digits` in engine/expr/formats.py. */

/** In: a decimal text; sizes of groups from the right, of which the last goes on. `1234567.5`, [3, 2] → `12,34,567.5`. */
export function groupDigits(text: string, sizes: readonly number[]): string {
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '', ...rest] = text.slice(sign.length).split('.');
  const parts: string[] = [];
  let left = whole;
  while (left.length > 0) {
    const size = sizes[Math.min(parts.length, sizes.length - 1)] ?? left.length;
    parts.unshift(left.slice(-size));
    left = left.slice(0, -size);
  }
  return [`${sign}${parts.join(',')}`, ...rest].join('.');
}
