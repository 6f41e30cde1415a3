import { Badge } from '@mantine/core';
import type { Value } from '../api/values';

const COLOURS: Readonly<Record<string, string>> = {
  draft: 'yellow',
  submitted: 'teal',
  cancelled: 'gray',
};

/** The state of a document as a word in a coloured frame. */
export function StateBadge({ state }: { readonly state: Value }) {
  if (typeof state !== 'string' || state === '') return null;
  const word = state.charAt(0).toUpperCase() + state.slice(1).replaceAll('_', ' ');
  return (
    <Badge
      variant="light"
      color={COLOURS[state] ?? 'blue'}
      radius="sm"
      size="sm"
      tt="none"
      className={`state-${state}`}
    >
      {word}
    </Badge>
  );
}
