import { ApiError, type Problem, toApiError } from './problems';
import type { Row } from './values';

/** Limits that a person goes beyond, by key, each with the answers to what it asks. */
export type Passes = Readonly<Record<string, Row>>;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Refusals come as problem details, also where metadata declares an answer of its own. */
const FORMS = 'application/json, application/problem+json';

function cookie(name: string): string | null {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
}

/** The problems of a refusal that a person may confirm; none where anything else stands in the way. */
function confirmable(error: ApiError): readonly Problem[] {
  const all = error.problems.filter((problem) => problem.action !== 'warn');
  return all.length > 0 && all.every((problem) => problem.action === 'confirm') ? all : [];
}

/** The problems of a refusal by limits that somebody may go beyond; none where that would not help. */
function passable(error: ApiError, passed: Passes): readonly Problem[] {
  const all = error.problems.filter(
    (problem) => problem.action !== 'warn' && problem.code !== 'answer',
  );
  const isNew = ({ pass }: Problem) => pass !== undefined && !(pass.limit in passed);
  return all.length > 0 && all.every(isNew) ? all : [];
}

/** What `X-Pass` said already. */
function passesIn(header: string | undefined): Passes {
  return header === undefined ? {} : (JSON.parse(header) as Passes);
}

/** JSON for a header, which takes ASCII only. */
function headerJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function address(path: string, query: Call['query']): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') asked.set(name, value);
  }
  const text = asked.toString();
  return `/api/${path}${text ? `?${text}` : ''}`;
}

/** The one place that knows HTTP: session cookie, CSRF header, company header, problem details. */
export class Client {
  /** Sent as `X-Company`; null lets the server take the user's first. */
  company: number | null = null;
  /** Called when the session has ended, so that the shell can ask for the password again. */
  onSignedOut: () => void = () => undefined;

  /** Asked when something is done only knowingly; true to go on. */
  onConfirm: (problems: readonly Problem[]) => Promise<boolean> = () => Promise.resolve(false);

  /** Asked when limits stand in the way that somebody may pass; what each asks, or null to let it be. */
  onPass: (problems: readonly Problem[]) => Promise<Passes | null> = () => Promise.resolve(null);

  /** As `send`ing it once; what a person may do knowingly is asked, and sent again with the answer. */
  async call<T>(path: string, call: Call = {}): Promise<T> {
    try {
      return await this.once<T>(path, call);
    } catch (error) {
      const known = call.headers ?? {};
      const more = error instanceof ApiError ? await this.knowing(error, known) : null;
      if (more === null) throw error;
      return this.call<T>(path, { ...call, headers: { ...known, ...more } });
    }
  }

  /** The headers that say what a person does knowingly; null where they do not, or cannot. */
  private async knowing(
    error: ApiError,
    known: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>> | null> {
    const asked = confirmable(error);
    if (asked.length > 0) {
      if (!(await this.onConfirm(asked))) return null;
      const said = asked.map((problem) => problem.confirmation ?? '');
      return { 'X-Confirm': [known['X-Confirm'] ?? [], said].flat().join(',') };
    }
    const passed = passesIn(known['X-Pass']);
    const beyond = passable(error, passed);
    const given = beyond.length > 0 ? await this.onPass(beyond) : null;
    return given === null ? null : { 'X-Pass': headerJson({ ...passed, ...given }) };
  }

  /** In: path below `/api/`. Out: the decoded answer (null for 204). Throws ApiError. */
  private async once<T>(path: string, call: Call): Promise<T> {
    const method = call.method ?? 'GET';
    const headers: Record<string, string> = { Accept: FORMS, ...call.headers };
    if (this.company !== null) headers['X-Company'] = String(this.company);
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'GET') headers['X-CSRFToken'] = await this.csrf();
    const answer = await this.send(address(path, call.query), {
      method,
      cache: 'no-cache',
      headers,
      credentials: 'same-origin',
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ?? null,
    });
    return this.read<T>(answer, path);
  }

  private async send(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError(
        0,
        'offline',
        'The server cannot be reached. Check the network and try again.',
        [],
      );
    }
  }

  private async read<T>(answer: Response, path: string): Promise<T> {
    if (answer.status === 204) return null as T;
    const isJson = (answer.headers.get('Content-Type') ?? '').includes('json');
    const body: unknown = isJson ? await answer.json() : null;
    if (answer.ok && isJson) return body as T;
    if (answer.status === 401 && !path.startsWith('auth/')) this.onSignedOut();
    throw toApiError(answer.status, body);
  }

  /** The CSRF token of the session; a first visit fetches the cookie. */
  private async csrf(): Promise<string> {
    const known = cookie('csrftoken');
    if (known) return known;
    await fetch('/api/auth/me', { credentials: 'same-origin' }).catch(() => undefined);
    return cookie('csrftoken') ?? '';
  }
}

export const client = new Client();
