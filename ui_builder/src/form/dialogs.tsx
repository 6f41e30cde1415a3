import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { addUp, formatDecimal, isZero } from '../core/decimal';
import { lateFields } from '../core/open';
import { useDigitGroups } from '../meta/MetaContext';
import type { Doctype } from '../meta/types';
import { useForm } from './FormContext';
import { previewLedgers } from './ledgers';

interface DialogProps {
  readonly isOpen: boolean;
  readonly name: string;
  readonly isBusy: boolean;
  readonly onClose: () => void;
}

interface ButtonsProps {
  readonly word: string;
  readonly keep: string;
  readonly colour?: string;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

function Buttons({ word, keep, colour, isBusy, onClose, onConfirm }: ButtonsProps) {
  return (
    <Group justify="flex-end" mt="md">
      <Button variant="default" onClick={onClose}>
        {keep}
      </Button>
      <Button
        data-autofocus
        {...(colour ? { color: colour } : {})}
        loading={isBusy}
        onClick={onConfirm}
      >
        {word}
      </Button>
    </Group>
  );
}

const AFTER: Readonly<Record<string, string>> = {
  in_place: 'After that it can be amended, which posts the difference, or cancelled.',
  new: 'After that it can be cancelled or amended, which puts another in its place, but not changed itself.',
};

/** How a document of this kind is changed once it is submitted. */
export function afterSubmit(doctype: Doctype): string {
  const fields = doctype.tables['']?.fields ?? {};
  const open = [...lateFields(doctype)].map((name) => fields[name]?.label ?? name);
  const rule = AFTER[doctype.amend] ?? 'After that it can be cancelled, but no longer changed.';
  if (open.length === 0) return rule;
  return `${rule} ${open.join(', ')} ${open.length === 1 ? 'stays' : 'stay'} open.`;
}

/** Asks before a document goes into the books, and says what it will write there. */
export function SubmitDialog({
  onConfirm,
  ...props
}: DialogProps & { readonly onConfirm: () => void }) {
  const { doctype, entries } = useForm();
  const ledgers = previewLedgers(entries);
  const sizes = useDigitGroups();
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`Submit ${props.name}?`}>
      <Text size="sm">It gets its number and goes into the books. {afterSubmit(doctype)}</Text>
      {ledgers.length > 0 ? (
        <Text size="sm" c="dimmed" mt="xs">
          It writes{' '}
          {ledgers
            .map(
              (ledger) =>
                `${String(ledger.entries.length)} ${ledger.entries.length === 1 ? 'entry' : 'entries'} in ${ledger.label}${worth(ledger.entries, sizes)}`,
            )
            .join(', ')}
          .
        </Text>
      ) : null}
      <Buttons
        word="Submit"
        keep="Not yet"
        isBusy={props.isBusy}
        onClose={props.onClose}
        onConfirm={onConfirm}
      />
    </Modal>
  );
}

function worth(
  entries: readonly Readonly<Record<string, unknown>>[],
  sizes: readonly number[],
): string {
  const debits = entries
    .map((entry) => (typeof entry.debit === 'string' ? entry.debit : ''))
    .filter((text) => text !== '');
  const sum = addUp(debits, 2);
  return isZero(sum) ? '' : ` (${formatDecimal(sum, 2, sizes)})`;
}

interface ReasonProps extends DialogProps {
  readonly title: string;
  /** What becomes of the document. */
  readonly text: string;
  readonly word: string;
  readonly colour?: string;
  readonly onConfirm: (reason: string) => void;
}

/** Asks why something is done with a document that stands in the books. */
function ReasonDialog({ title, text, word, colour, onConfirm, ...props }: ReasonProps) {
  const [reason, setReason] = useState('');
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={title}>
      <Text size="sm" mb="sm">
        {text}
      </Text>
      <Textarea
        label="Reason"
        autosize
        minRows={2}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Buttons
        word={word}
        keep="Keep it"
        {...(colour ? { colour } : {})}
        isBusy={props.isBusy}
        onClose={props.onClose}
        onConfirm={() => onConfirm(reason.trim())}
      />
    </Modal>
  );
}

type Reasoned = DialogProps & { readonly onConfirm: (reason: string) => void };

/** Asks why a document is taken back. */
export function CancelDialog(props: Reasoned) {
  return (
    <ReasonDialog
      {...props}
      title={`Cancel ${props.name}?`}
      text="Everything it wrote is reversed by new entries; the number stays used."
      word="Cancel the document"
      colour="red"
    />
  );
}

/** Asks why another document takes the place of one. */
export function AmendDialog(props: Reasoned) {
  return (
    <ReasonDialog
      {...props}
      title={`Amend ${props.name}?`}
      text="It is cancelled, and a draft that says the same takes its place; the draft gets a number of its own."
      word="Amend"
    />
  );
}

export function DeleteDialog({
  onConfirm,
  ...props
}: DialogProps & { readonly onConfirm: () => void }) {
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`Delete ${props.name}?`}>
      <Text size="sm">It is gone for good; nothing in the books refers to it.</Text>
      <Buttons
        word="Delete"
        keep="Keep it"
        colour="red"
        isBusy={props.isBusy}
        onClose={props.onClose}
        onConfirm={onConfirm}
      />
    </Modal>
  );
}
