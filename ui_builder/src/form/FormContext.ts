import { createContext, useContext } from 'react';
import type { OpenDocument } from '../core/useDocument';

export const FormContext = createContext<OpenDocument | null>(null);

/** The document that the form around this widget holds. */
export function useForm(): OpenDocument {
  const open = useContext(FormContext);
  if (open === null) throw new Error('useForm stands outside of a form.');
  return open;
}
