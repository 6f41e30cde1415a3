/** Draws a piece of the screen in a test: theme, queries, and what a browser has and jsdom has not. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, configure, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';

/** What is slow on a busy machine is no failure. */
const PATIENCE_MS = 10_000;

function prepare(): void {
  configure({ asyncUtilTimeout: PATIENCE_MS });
  const media = { matches: false, addEventListener: () => 0, removeEventListener: () => 0 };
  vi.stubGlobal('matchMedia', () => media);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => 0;
      unobserve = () => 0;
      disconnect = () => 0;
    },
  );
}

export function show(piece: ReactNode) {
  prepare();
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <MantineProvider env="test">
      <QueryClientProvider client={queries}>{piece}</QueryClientProvider>
    </MantineProvider>,
  );
}

/** After each test. */
export function strike(): void {
  cleanup();
  vi.unstubAllGlobals();
}

/** A server that answers each address, and what was sent to it. */
export function serve(answers: (call: Sent) => { status?: number; body: unknown }): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit = {}) => {
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null;
    const headers = new Headers(init.headers);
    const call = { method: init.method ?? 'GET', url, body, headers };
    sent.push(call);
    const answer = answers(call);
    return new Response(JSON.stringify(answer.body), {
      status: answer.status ?? 200,
      headers: { 'Content-Type': 'application/json' },
    });
  });
  return sent;
}

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly headers: Headers;
}
