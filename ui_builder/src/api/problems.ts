/** What the server says is wrong, as values: one sentence each, with the path of the field it is about. */
export interface Problem {
  readonly code: string;
  /** Like `items[2].rate`; empty when the whole document is meant. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
  /** `warn` does not stop a save; `confirm` stops it until a person goes on knowingly. */
  readonly action: 'refuse' | 'warn' | 'confirm';
  /** What is sent back to say so. */
  readonly confirmation?: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly Problem[],
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** Reads one finding; whatever the server leaves out becomes an empty text. */
export function toProblem(value: unknown): Problem {
  const given = record(value);
  return {
    code: text(given.code),
    path: text(given.path),
    message: text(given.message),
    hint: text(given.hint),
    action: given.action === 'warn' || given.action === 'confirm' ? given.action : 'refuse',
    ...(text(given.confirmation) ? { confirmation: text(given.confirmation) } : {}),
  };
}

/** Turns an answer with an error status into an ApiError that carries the server's own sentence. */
export function toApiError(status: number, body: unknown): ApiError {
  const given = record(body);
  const problems = Array.isArray(given.problems) ? given.problems.map(toProblem) : [];
  const sentence =
    text(given.detail) || text(given.title) || `The server answered with status ${status}.`;
  return new ApiError(status, text(given.code), sentence, problems);
}

/** One sentence for any failure. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
