/** Signing in and out by session cookie; no token is kept where scripts could read it. */
import { client } from './client';

export function signIn(username: string, password: string): Promise<unknown> {
  return client.call('auth/login', { method: 'POST', body: { username, password } });
}

export async function signOut(): Promise<void> {
  await client.call('auth/logout', { method: 'POST', body: {} });
}

export function fetchMeta(): Promise<unknown> {
  return client.call('meta');
}
