// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Client } from './client';
import { ApiError, type Problem } from './problems';

const ASKED = {
  code: 'check.late',
  path: 'posting_date',
  message: 'This is a month ago.',
  hint: '',
  action: 'confirm',
  confirmation: 'abc',
};

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  });
}

/** A server that asks once, and answers what comes with the confirmation. */
function server(problems: readonly unknown[]) {
  const sent: Headers[] = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    sent.push(headers);
    const knowing = headers.get('X-Confirm') === 'abc';
    return Promise.resolve(
      knowing ? answer(200, { id: 1 }) : answer(409, { code: 'document.confirm', problems }),
    );
  });
  return sent;
}

afterEach(() => vi.unstubAllGlobals());

describe('what is done only knowingly', () => {
  it('is sent again with the confirmation once the person goes on', async () => {
    const sent = server([ASKED]);
    const client = new Client();
    const seen: Problem[] = [];
    client.onConfirm = (problems) => {
      seen.push(...problems);
      return Promise.resolve(true);
    };
    expect(await client.call('bills')).toEqual({ id: 1 });
    expect(seen.map((problem) => problem.message)).toEqual(['This is a month ago.']);
    expect(sent.map((headers) => headers.get('X-Confirm'))).toEqual([null, 'abc']);
  });

  it('is refused when the person goes back', async () => {
    const sent = server([ASKED]);
    const client = new Client();
    await expect(client.call('bills')).rejects.toBeInstanceOf(ApiError);
    expect(sent).toHaveLength(1);
  });

  it('is not asked where something else stands in the way', async () => {
    server([ASKED, { ...ASKED, action: 'refuse', confirmation: '' }]);
    const client = new Client();
    client.onConfirm = () => Promise.reject(new Error('nobody is asked'));
    await expect(client.call('bills')).rejects.toBeInstanceOf(ApiError);
  });
});
