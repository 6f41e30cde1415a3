/** `npm run mock`: answers `/api` as the real server would, from memory. User demo, password demo. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import type { Doctype } from '../../src/meta/types';
import { byId, type Doc, nextId, STORE } from './data';
import { META, USER } from './meta';
import { report } from './reports';
import { DOCTYPES, today, workOut } from './work';

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly cookie?: string;
}

const ok = (body: unknown, status = 200): Answer => ({ status, body });

function refuse(
  status: number,
  code: string,
  detail: string,
  problems: readonly Doc[] = [],
): Answer {
  return { status, body: { type: 'about:blank', title: detail, status, code, detail, problems } };
}

const seen = new Map<string, Answer>();
let lastNumber = 0;

function number(): string {
  lastNumber += 1;
  return `PUN2627/${String(lastNumber).padStart(5, '0')}`;
}

function listed(doctype: Doctype, query: URLSearchParams): Answer {
  const wanted = (query.get('search') ?? '').toLowerCase();
  const filters = JSON.parse(query.get('filter') ?? '[]') as [string, string, unknown][];
  const sort = (query.get('sort') ?? 'id').split(',')[0] ?? 'id';
  const name = sort.replace('-', '');
  const all = (STORE[doctype.route] ?? [])
    .filter((doc) => JSON.stringify(doc).toLowerCase().includes(wanted))
    .filter((doc) =>
      filters.every(([path, operator, value]) => {
        const mine = doc[path];
        const plain = typeof mine === 'object' && mine !== null ? (mine as Doc).id : mine;
        if (operator === '=') return plain === value;
        if (operator === 'contains') return String(plain ?? '').includes(String(value));
        if (operator === '>=') return String(plain) >= String(value);
        return operator === '<=' ? String(plain) <= String(value) : true;
      }),
    )
    .toSorted(
      (a, b) =>
        String(title(a[name])).localeCompare(String(title(b[name])), 'en', { numeric: true }) *
        (sort.startsWith('-') ? -1 : 1),
    );
  const start = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 20);
  return ok({
    rows: all.slice(start, start + limit),
    next: start + limit < all.length ? String(start + limit) : null,
  });
}

function title(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as Doc).title : value;
}

function created(doctype: Doctype, body: Doc, isSubmit: boolean): Answer {
  const worked = workOut(doctype, body);
  if (worked.problems.length > 0)
    return refuse(422, 'document_invalid', 'The document is not complete.', worked.problems);
  const numbered = {
    ...(doctype.submittable
      ? { state: isSubmit ? 'submitted' : 'draft', number: isSubmit ? number() : null }
      : {}),
  };
  const document: Doc = {
    ...worked.document,
    id: nextId(),
    version: 1,
    company: { id: 1, title: 'Shri Sai Traders' },
    ...numbered,
  };
  if (isSubmit && document.grand_total) document.outstanding = document.grand_total;
  for (const line of (document.items as Doc[] | undefined) ?? []) line.id ??= nextId();
  STORE[doctype.route]?.push(document);
  return ok(document, 201);
}

function changed(doctype: Doctype, known: Doc, body: Doc): Answer {
  if (body.version !== known.version)
    return refuse(
      409,
      'version_stale',
      'Somebody else changed this document meanwhile. Load it again and repeat your change.',
    );
  const worked = workOut(doctype, { ...known, ...body });
  if (worked.problems.length > 0)
    return refuse(422, 'document_invalid', 'The document is not complete.', worked.problems);
  Object.assign(known, worked.document, { id: known.id, version: Number(known.version) + 1 });
  return ok(known);
}

function moved(known: Doc, move: string): Answer {
  const wanted = move === 'submit' ? 'draft' : 'submitted';
  if (known.state !== wanted)
    return refuse(
      409,
      'state_conflict',
      `Only a ${wanted} document can be ${move === 'submit' ? 'submitted' : 'cancelled'}.`,
    );
  known.state = move === 'submit' ? 'submitted' : 'cancelled';
  known.number ??= number();
  known.version = Number(known.version) + 1;
  known.outstanding = move === 'submit' ? known.grand_total : '0.00';
  return ok(known);
}

function effects(doctype: Doctype, known: Doc): Answer {
  const { entries } = workOut(doctype, known);
  const label = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  const columns = (rows: readonly Doc[]) =>
    [...new Set(rows.flatMap((row) => Object.keys(row)))]
      .filter((name) => name !== 'rule' && name !== 'line')
      .map((name) => ({
        name,
        label: label(name),
        type: ['debit', 'credit', 'amount'].includes(name)
          ? 'money'
          : name === 'quantity'
            ? 'quantity'
            : name === 'due'
              ? 'date'
              : 'link',
        scale: name === 'quantity' ? 3 : 2,
        link: name === 'account' ? [{ doctype: 'account', route: 'accounts' }] : [],
      }));
  return ok({
    ledgers: Object.fromEntries(
      Object.entries(entries).map(([name, rows]) => [
        name,
        { label: name, columns: columns(rows), entries: rows },
      ]),
    ),
  });
}

function fresh(doctype: Doctype, from: string | null): Answer {
  if (from === null) return ok(workOut(doctype, {}).document);
  const source = byId('sales/invoices', from.split('/').at(-1));
  return ok({
    kind: 'receive',
    posting_date: today(),
    party: { ...(source?.customer as Doc), doctype: 'customer' },
    amount: source?.outstanding,
  });
}

function documents(method: string, path: string, query: URLSearchParams, body: Doc): Answer {
  const doctype = DOCTYPES.find(
    (one) => one.route !== '' && (path === one.route || path.startsWith(`${one.route}/`)),
  );
  if (!doctype) return refuse(404, 'route_unknown', `There is nothing at "/api/${path}".`);
  const [head, action] = path.slice(doctype.route.length + 1).split('/');
  if (!head)
    return method === 'GET'
      ? listed(doctype, query)
      : created(doctype, body, query.get('submit') === 'true');
  if (head === 'new') return fresh(doctype, query.get('from'));
  if (head === 'preview')
    return ok(workOut(doctype, { ...(body.id ? byId(doctype.route, body.id) : {}), ...body }));
  const known = byId(doctype.route, head);
  if (!known) return refuse(404, 'not_found', `There is no ${doctype.label} ${head}.`);
  if (action === 'effects') return effects(doctype, known);
  if (action) return moved(known, action);
  if (method === 'PATCH') return changed(doctype, known, body);
  if (method === 'DELETE') {
    STORE[doctype.route]?.splice(STORE[doctype.route]?.indexOf(known) ?? 0, 1);
    return { status: 204, body: null };
  }
  return ok(known);
}

function route(request: IncomingMessage, body: Doc): Answer {
  const url = new URL(request.url ?? '/', 'http://mock');
  const path = url.pathname.replace(/^\//, '');
  const isSignedIn = (request.headers.cookie ?? '').includes('session=demo');
  if (path === 'auth/login') {
    const isRight = body.username === 'demo' && body.password === 'demo';
    return isRight
      ? { ...ok({ user: USER }), cookie: 'session=demo; Path=/; HttpOnly' }
      : refuse(401, 'credentials_refused', 'User name or password is wrong.');
  }
  if (path === 'auth/logout')
    return { status: 204, body: null, cookie: 'session=; Path=/; Max-Age=0' };
  if (!isSignedIn)
    return { ...refuse(401, 'not_signed_in', 'Sign in first.'), cookie: 'csrftoken=mock; Path=/' };
  if (path === 'auth/me') return ok(USER);
  if (path === 'meta') return ok(META);
  if (path === 'tasks') return ok({ tasks: [] });
  if (path === 'stand-ins') return ok({ stand_ins: [] });
  if (path.startsWith('reports/')) {
    const answer = report(path.slice('reports/'.length), url.searchParams);
    return answer ? ok(answer) : refuse(404, 'report_unknown', 'There is no such report.');
  }
  const key = request.headers['idempotency-key'];
  const known = typeof key === 'string' ? seen.get(key) : undefined;
  if (known) return known;
  const answer = documents(request.method ?? 'GET', path, url.searchParams, body);
  if (typeof key === 'string' && answer.status < 300) seen.set(key, answer);
  return answer;
}

async function read(request: IncomingMessage): Promise<Doc> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Doc);
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = route(request, await read(request));
  if (answer.cookie) response.setHeader('Set-Cookie', answer.cookie);
  response.statusCode = answer.status;
  if (answer.status !== 204) {
    response.setHeader(
      'Content-Type',
      answer.status < 400 ? 'application/json' : 'application/problem+json',
    );
    response.write(JSON.stringify(answer.body));
  }
  response.end();
}

export function mockServer(): Plugin {
  return {
    name: 'bahi-mock-server',
    configureServer(server) {
      server.middlewares.use('/api', (request, response, next) => {
        handle(request, response).catch(next);
      });
    },
  };
}
