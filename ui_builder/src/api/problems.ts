import { declaredWords } from './declared';

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
  /** The limit that refused, by its key, and who may go beyond it knowingly. */
  readonly pass?: { readonly limit: string; readonly roles: readonly string[] };
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly Problem[],
    /** Whether a limit has sent a document another way: it is no more as it was read. */
    readonly moved = false,
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

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function passOf(value: unknown): Problem['pass'] {
  const limit = text(record(value).limit);
  return limit === '' ? undefined : { limit, roles: texts(record(value).roles) };
}

/** The hint of a problem, and who may help where a limit may be passed. */
function hintOf(hint: string, pass: Problem['pass']): string {
  if (!pass || pass.roles.length === 0) return hint;
  return `${hint} ${pass.roles.join(' or ')} may go beyond it knowingly.`.trim();
}

/** Reads one finding; whatever the server leaves out becomes an empty text. */
export function toProblem(value: unknown): Problem {
  const given = record(value);
  const pass = passOf(given.pass);
  return {
    code: text(given.code),
    path: text(given.path),
    message: text(given.message),
    hint: hintOf(text(given.hint), pass),
    action: given.action === 'warn' || given.action === 'confirm' ? given.action : 'refuse',
    ...(text(given.confirmation) ? { confirmation: text(given.confirmation) } : {}),
    ...(pass ? { pass } : {}),
  };
}

/** What an answer that metadata declares for a refusal says, as a problem; null where it says nothing new. */
function declaredProblem(answer: unknown, found: readonly Problem[]): Problem | null {
  const { sentences, facts } = declaredWords(answer);
  const fresh = sentences.filter((one) => !found.some((problem) => problem.message === one));
  const [message, hint] = fresh.length > 0 ? [fresh.join(' '), facts] : [facts, ''];
  return message === '' ? null : { code: 'answer', path: '', message, hint, action: 'refuse' };
}

/** Turns an answer with an error status into an ApiError that carries the server's own sentence. */
export function toApiError(status: number, body: unknown): ApiError {
  const given = record(body);
  const isTold = Array.isArray(given.problems) || text(given.detail) !== '';
  const found = Array.isArray(given.problems) ? given.problems.map(toProblem) : [];
  const answer = declaredProblem(isTold ? given.answer : body, found);
  const sentence =
    text(given.detail) ||
    answer?.message ||
    text(given.title) ||
    `The server answered with status ${status}.`;
  const moved = Array.isArray(given.moved) && given.moved.length > 0;
  const all = answer ? [answer, ...found] : found;
  return new ApiError(status, text(given.code), sentence, all, moved);
}

/** All that a failure says, a sentence each, with the way out. */
export function sentencesOf(error: unknown): readonly string[] {
  const problems = error instanceof ApiError ? error.problems : [];
  const refused = problems.filter((problem) => problem.action !== 'warn');
  if (refused.length === 0) return [sentenceOf(error)];
  return [...new Set(refused.map((one) => `${one.message} ${one.hint}`.trim()))];
}

/** One sentence for any failure. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
