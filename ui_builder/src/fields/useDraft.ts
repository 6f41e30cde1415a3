import { useState } from 'react';

export interface Draft {
  readonly shown: string;
  readonly isEditing: boolean;
  type(text: string): void;
  end(): void;
}

/** Text as it is being typed: from the first key until the field is left it is the person's; else what the value says. */
export function useDraft(formatted: string): Draft {
  const [text, setText] = useState<string | null>(null);
  return {
    shown: text ?? formatted,
    isEditing: text !== null,
    type: setText,
    end: () => setText(null),
  };
}
