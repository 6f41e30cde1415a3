import { useState } from 'react';

export interface Draft {
  readonly shown: string;
  readonly isEditing: boolean;
  begin(): void;
  type(text: string): void;
  end(): void;
}

/** Text as it is being typed: while a person is in the field it is theirs; outside it is what the value says. */
export function useDraft(formatted: string, editable: string): Draft {
  const [text, setText] = useState<string | null>(null);
  return {
    shown: text ?? formatted,
    isEditing: text !== null,
    begin: () => setText(editable),
    type: setText,
    end: () => setText(null),
  };
}
