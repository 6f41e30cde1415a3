/** Small readers of untyped JSON. Each gives a usable value whatever stands there. */
export type Wire = Readonly<Record<string, unknown>>;

export function record(value: unknown): Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Wire)
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function texts(value: unknown): readonly string[] {
  return list(value).filter((entry): entry is string => typeof entry === 'string');
}

export function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
