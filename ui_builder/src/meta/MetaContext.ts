import { createContext, useContext } from 'react';
import type { Doctype, Meta } from './types';

export const MetaContext = createContext<Meta | null>(null);

/** The client catalog of the signed-in user; only below the shell. */
export function useMeta(): Meta {
  const meta = useContext(MetaContext);
  if (meta === null)
    throw new Error('useMeta stands outside of the shell, where no catalog is loaded.');
  return meta;
}

const THREE: readonly number[] = [3];

/** How many digits of a number stand together, from the right; the last goes on. */
export function useDigitGroups(): readonly number[] {
  return useContext(MetaContext)?.digitGroups ?? THREE;
}

/** The key of the doctype that was called `key` in an earlier version, if pages may still be asked for so. */
export function presentKey(meta: Meta, key: string): string | undefined {
  if (meta.doctypes[key]) return undefined;
  return Object.values(meta.doctypes).find((doctype) => doctype.former.includes(key))?.key;
}

export function doctypeByRoute(meta: Meta, route: string): Doctype | undefined {
  return Object.values(meta.doctypes).find((doctype) => doctype.route === route);
}
