import { Alert, Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { type Row, textOf } from '../api/values';
import { stageOf } from '../core/stage';
import { useDocument } from '../core/useDocument';
import { useDocumentActions } from '../core/useDocumentActions';
import type { Doctype } from '../meta/types';
import { RefreshIcon, WarningIcon } from '../ui/icons';
import { useHotkey } from '../ui/useHotkey';
import { AmendDialog, CancelDialog, DeleteDialog, SubmitDialog } from './dialogs';
import { FormContext } from './FormContext';
import { FormHeader } from './FormHeader';
import styles from './form.module.css';
import { HistoryPanel } from './HistoryPanel';
import { LeaveGuard } from './LeaveGuard';
import { ProblemSummary } from './ProblemSummary';
import { SectionView } from './SectionView';

const EffectsPanel = lazy(() =>
  import('./EffectsPanel').then((module) => ({ default: module.EffectsPanel })),
);

const RederiveDialog = lazy(() =>
  import('./RederiveDialog').then((module) => ({ default: module.RederiveDialog })),
);

interface Props {
  readonly doctype: Doctype;
  readonly initial: Row;
  /** Made from another document, whose values it carries. */
  readonly isMade?: boolean;
  readonly onCreated: (row: Row) => void;
  /** Reads the document with this id again. */
  readonly onReload: (id: number) => Promise<Row>;
}

type Dialog = 'submit' | 'cancel' | 'amend' | 'rederive' | 'delete' | null;

/** The name of a document for people: its number, else its title. */
export function nameOf(doctype: Doctype, row: Row): string {
  return (
    textOf(row.number) ||
    textOf(row[doctype.titleField]) ||
    (typeof row.id === 'number' ? `${doctype.label} ${String(row.id)}` : `New ${doctype.label}`)
  );
}

/** One document: header with its actions, problems, sections, and what it does to the books. */
export function FormPage({ doctype, initial, isMade = false, onCreated, onReload }: Props) {
  const open = useDocument(doctype, initial, isMade);
  const actions = useDocumentActions(open);
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<Dialog>(null);
  const name = nameOf(doctype, open.document);
  const isNew = open.saved === null;
  useDocumentTitle(`${name} · Bahi`);

  const said = (row: Row | null, what: string) => {
    setDialog(null);
    if (row === null) return;
    notifications.show({ message: `${nameOf(doctype, row)} is ${what}.`, color: 'teal' });
    if (isNew) onCreated(row);
  };
  const save = () => void actions.save().then((row) => said(row, 'saved'));
  const remove = async () => {
    const isGone = await actions.remove();
    setDialog(null);
    if (isGone)
      void navigate({ to: '/doc/$doctype', params: { doctype: doctype.key }, ignoreBlocker: true });
  };
  const amend = async (reason: string) => {
    const draft = await actions.amend(reason);
    setDialog(null);
    if (draft === null) return;
    void navigate({
      to: '/doc/$doctype/$id',
      params: { doctype: doctype.key, id: String(draft.id) },
      ignoreBlocker: true,
    });
  };
  const reload = async () => {
    open.load(await onReload(Number(open.document.id)));
    actions.dismiss();
  };

  const canSave = !open.isLocked && (open.isDirty || isNew);
  const isDraft = doctype.submittable && (isNew || stageOf(open.document) === 'draft');
  const canSubmit = !open.isLocked && isDraft && doctype.can.has('submit') && !doctype.hasWorkflow;
  useHotkey({ key: 's', ctrl: true }, canSave ? save : () => undefined);
  useHotkey(
    { key: 'enter', ctrl: true },
    canSubmit && dialog === null ? () => setDialog('submit') : null,
  );
  useHotkey(
    { key: 'n', alt: true },
    doctype.can.has('create')
      ? () =>
          void navigate({ to: '/doc/$doctype/$id', params: { doctype: doctype.key, id: 'new' } })
      : null,
  );
  useHotkey(
    { key: 'escape' },
    dialog === null
      ? () =>
          leaveField(() => void navigate({ to: '/doc/$doctype', params: { doctype: doctype.key } }))
      : null,
  );

  return (
    <FormContext value={open}>
      <article className={styles.page} aria-label={name}>
        <FormHeader
          name={name}
          isBusy={actions.isBusy}
          canSave={canSave}
          canSubmit={canSubmit}
          onSave={save}
          onSubmit={() => setDialog('submit')}
          onCancel={() => setDialog('cancel')}
          onAmend={() => setDialog('amend')}
          onRederive={() => setDialog('rederive')}
          onDelete={() => setDialog('delete')}
        />
        {actions.failure && (actions.isStale || open.problems.length === 0) ? (
          <Alert
            color="red"
            icon={<WarningIcon />}
            role="alert"
            withCloseButton
            closeButtonLabel="Dismiss"
            onClose={actions.dismiss}
            className={styles.alert}
          >
            {actions.failure}
            {actions.isStale && !isNew ? (
              <Button
                variant="light"
                color="red"
                mt="xs"
                display="block"
                leftSection={<RefreshIcon />}
                onClick={() => void reload()}
              >
                Load the document again
              </Button>
            ) : null}
          </Alert>
        ) : null}
        <ProblemSummary />
        <div className={styles.card}>
          {doctype.layout.map((section) => (
            <SectionView key={section.title + section.show.join()} section={section} />
          ))}
        </div>
        {doctype.submittable ? (
          <Suspense fallback={null}>
            <EffectsPanel />
          </Suspense>
        ) : null}
        {isNew || doctype.ways.length === 0 ? null : <HistoryPanel />}
      </article>
      <SubmitDialog
        isOpen={dialog === 'submit'}
        name={name}
        isBusy={actions.isBusy}
        onClose={() => setDialog(null)}
        onConfirm={() => void actions.submit().then((row) => said(row, 'submitted'))}
      />
      <CancelDialog
        isOpen={dialog === 'cancel'}
        name={name}
        isBusy={actions.isBusy}
        onClose={() => setDialog(null)}
        onConfirm={(reason) => void actions.cancel(reason).then((row) => said(row, 'cancelled'))}
      />
      <AmendDialog
        isOpen={dialog === 'amend'}
        name={name}
        isBusy={actions.isBusy}
        onClose={() => setDialog(null)}
        onConfirm={(reason) => void amend(reason)}
      />
      <DeleteDialog
        isOpen={dialog === 'delete'}
        name={name}
        isBusy={actions.isBusy}
        onClose={() => setDialog(null)}
        onConfirm={() => void remove()}
      />
      {dialog === 'rederive' ? (
        <Suspense fallback={null}>
          <RederiveDialog
            name={name}
            onClose={() => setDialog(null)}
            onDone={(row) => {
              open.load(row);
              said(row, 'under today’s rules');
            }}
          />
        </Suspense>
      ) : null}
      <LeaveGuard isDirty={open.isDirty && !actions.isBusy} />
    </FormContext>
  );
}

/** The first Esc leaves the field, the next one the form. */
function leaveField(otherwise: () => void): void {
  const active = document.activeElement;
  if (active instanceof HTMLElement && active.matches('input, textarea, select')) active.blur();
  else otherwise();
}
