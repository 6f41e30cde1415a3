import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { addUp, formatDecimal, isZero } from '../core/decimal';
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

/** Asks before a document goes into the books, and says what it will write there. */
export function SubmitDialog({
  onConfirm,
  ...props
}: DialogProps & { readonly onConfirm: () => void }) {
  const { entries } = useForm();
  const ledgers = previewLedgers(entries);
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`Submit ${props.name}?`}>
      <Text size="sm">
        It gets its number and goes into the books. After that it can be cancelled, but no longer
        changed.
      </Text>
      {ledgers.length > 0 ? (
        <Text size="sm" c="dimmed" mt="xs">
          It writes{' '}
          {ledgers
            .map(
              (ledger) =>
                `${String(ledger.entries.length)} ${ledger.entries.length === 1 ? 'entry' : 'entries'} in ${ledger.label}${worth(ledger.entries)}`,
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

function worth(entries: readonly Readonly<Record<string, unknown>>[]): string {
  const debits = entries
    .map((entry) => (typeof entry.debit === 'string' ? entry.debit : ''))
    .filter((text) => text !== '');
  const sum = addUp(debits, 2);
  return isZero(sum) ? '' : ` (${formatDecimal(sum, 2)})`;
}

/** Asks why a document is taken back. */
export function CancelDialog({
  onConfirm,
  ...props
}: DialogProps & { readonly onConfirm: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`Cancel ${props.name}?`}>
      <Text size="sm" mb="sm">
        Everything it wrote is reversed by new entries; the number stays used.
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
        word="Cancel the document"
        keep="Keep it"
        colour="red"
        isBusy={props.isBusy}
        onClose={props.onClose}
        onConfirm={() => onConfirm(reason.trim())}
      />
    </Modal>
  );
}

/** Asks why another document takes the place of one. */
export function AmendDialog({
  onConfirm,
  ...props
}: DialogProps & { readonly onConfirm: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <Modal opened={props.isOpen} onClose={props.onClose} title={`Amend ${props.name}?`}>
      <Text size="sm" mb="sm">
        It is cancelled, and a draft that says the same takes its place; the draft gets a number of
        its own.
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
        word="Amend"
        keep="Keep it"
        isBusy={props.isBusy}
        onClose={props.onClose}
        onConfirm={() => onConfirm(reason.trim())}
      />
    </Modal>
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
