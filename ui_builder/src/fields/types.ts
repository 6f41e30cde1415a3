import type { ComponentType } from 'react';
import type { Value } from '../api/values';
import type { Field } from '../meta/types';

/** What every input is given. It calls `onChange` with what REST would carry, at every change that makes sense. */
export interface InputProps {
  readonly field: Field;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly id: string;
  /** Set where no visible label points at `id`: in the cells of a grid. */
  readonly ariaLabel?: string | undefined;
  readonly describedBy?: string | undefined;
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
  readonly isInvalid?: boolean;
  /** Drawn without a frame, as a cell of a grid. */
  readonly isCell?: boolean;
  readonly autoFocus?: boolean;
}

export interface ShowProps {
  readonly field: Field;
  readonly value: Value;
}

/** One kind of field: how it is entered, how it is shown, and how much room it takes. */
export interface FieldKind {
  readonly Input: ComponentType<InputProps>;
  readonly Show: ComponentType<ShowProps>;
  readonly align: 'left' | 'right' | 'center';
  /** Room of a grid column, in characters. */
  readonly width: number;
  /** Takes two columns of a form. */
  readonly isWide?: boolean;
}
