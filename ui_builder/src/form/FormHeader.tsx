import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Row, textOf } from '../api/values';
import { isChangedInPlace } from '../core/open';
import { stageOf } from '../core/stage';
import { useMeta } from '../meta/MetaContext';
import type { Doctype, Meta } from '../meta/types';
import { MoreIcon } from '../ui/icons';
import { StateBadge } from '../ui/StateBadge';
import { useForm } from './FormContext';
import styles from './form.module.css';
import { Ways } from './Ways';

interface Props {
  readonly name: string;
  readonly isBusy: boolean;
  readonly canSave: boolean;
  readonly canSubmit: boolean;
  readonly onSave: () => void;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  readonly onAmend: () => void;
  readonly onRederive: () => void;
  readonly onDelete: () => void;
}

/** Whether another document can be put in the place of this one. */
export function isAmendable(doctype: Doctype, document: Row): boolean {
  const stage = stageOf(document);
  const mayCancel = doctype.can.has('cancel') && !doctype.hasWorkflow;
  return (
    doctype.amend === 'new' &&
    doctype.can.has('create') &&
    (stage === 'cancelled' || (stage === 'submitted' && mayCancel))
  );
}

/** Whether the person may bring this document under what rules and masters say by now. */
export function isRederivable(doctype: Doctype, document: Row): boolean {
  return doctype.can.has('rederive') && stageOf(document) === 'submitted';
}

/** The doctypes that can be made from a document of this one. */
export function makeable(meta: Meta, source: Doctype): readonly Doctype[] {
  return Object.values(meta.doctypes).filter(
    (doctype) =>
      doctype.can.has('create') &&
      doctype.makeFrom.some(
        (from) =>
          from.doctype === source.key ||
          from.doctype === source.name ||
          (from.route !== '' && from.route === source.route),
      ),
  );
}

/** Which document this is, how it stands, and what can be done with it. */
export function FormHeader(props: Props) {
  const { doctype, document, saved, isAmending, isDirty, isWorkingOut } = useForm();
  const title = textOf(document[doctype.titleField]);
  const isSaved = saved !== null;
  const state = textOf(document.state) || 'draft';
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <Link to="/doc/$doctype" params={{ doctype: doctype.key }} className={styles.crumb}>
          {doctype.plural}
        </Link>
        <h1 className={styles.name}>
          {props.name}
          <StateBadge
            state={doctype.submittable ? state : null}
            label={doctype.states[state]?.label}
          />
        </h1>
        <span className={styles.sub} aria-live="polite">
          {[
            title === props.name ? '' : title,
            isAmending ? 'being amended' : '',
            isDirty ? 'not saved' : '',
            isWorkingOut ? 'working out…' : '',
          ]
            .filter((part) => part !== '')
            .join(' · ')}
        </span>
      </div>
      <div className={styles.actions}>
        {isSaved && (stageOf(document) === 'submitted' || !doctype.submittable) ? (
          <MakeMenu />
        ) : null}
        {stageOf(document) === 'submitted' && doctype.can.has('cancel') && !doctype.hasWorkflow ? (
          <Button variant="default" onClick={props.onCancel} disabled={props.isBusy}>
            Cancel…
          </Button>
        ) : null}
        {isSaved && isAmendable(doctype, document) ? (
          <Button variant="default" onClick={props.onAmend} disabled={props.isBusy}>
            Amend…
          </Button>
        ) : null}
        {isSaved && isChangedInPlace(doctype, document) ? <InPlace isBusy={props.isBusy} /> : null}
        {props.canSubmit || props.canSave ? (
          <Tooltip label="Ctrl+S" openDelay={500}>
            <Button
              variant={props.canSubmit ? 'default' : 'filled'}
              onClick={props.onSave}
              disabled={!props.canSave}
              loading={props.isBusy}
            >
              Save
            </Button>
          </Tooltip>
        ) : null}
        {props.canSubmit ? (
          <Tooltip label="Ctrl+Enter" openDelay={500}>
            <Button onClick={props.onSubmit} disabled={props.isBusy}>
              Submit
            </Button>
          </Tooltip>
        ) : null}
        {isSaved && doctype.ways.length > 0 ? <Ways /> : null}
        <MoreMenu onDelete={props.onDelete} onRederive={props.onRederive} />
      </div>
    </header>
  );
}

/** Opens what is submitted to be changed, or leaves it as it stands. */
function InPlace({ isBusy }: { readonly isBusy: boolean }) {
  const { saved, isAmending, amend, load } = useForm();
  return isAmending ? (
    <Button
      variant="default"
      disabled={isBusy}
      onClick={() => {
        if (saved !== null) load(saved);
      }}
    >
      Leave it as it was
    </Button>
  ) : (
    <Button variant="default" disabled={isBusy} onClick={amend}>
      Amend
    </Button>
  );
}

function MakeMenu() {
  const meta = useMeta();
  const navigate = useNavigate();
  const { doctype, document } = useForm();
  const targets = makeable(meta, doctype);
  const make = (target: Doctype) => {
    const from = `${doctype.route}/${String(document.id)}`;
    void navigate({
      to: '/doc/$doctype/$id',
      params: { doctype: target.key, id: 'new' },
      search: { from },
    });
  };
  const [only] = targets;
  if (targets.length === 0 || !only) return null;
  if (targets.length === 1) {
    return (
      <Button variant="default" onClick={() => make(only)}>
        Make {only.label}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">Make…</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {targets.map((target) => (
          <Menu.Item key={target.key} onClick={() => make(target)}>
            {target.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function MoreMenu({ onDelete, onRederive }: Pick<Props, 'onDelete' | 'onRederive'>) {
  const { doctype, document, saved, isDirty } = useForm();
  const navigate = useNavigate();
  const canCreate = doctype.can.has('create');
  const isDeletable =
    saved !== null &&
    doctype.can.has('delete') &&
    (!doctype.submittable || stageOf(document) === 'draft');
  const canRederive = saved !== null && isRederivable(doctype, document);
  if (!canCreate && !isDeletable && !canRederive) return null;
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon size={30} aria-label="More actions">
          <MoreIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {canCreate ? (
          <Menu.Item
            rightSection="Alt+N"
            onClick={() =>
              void navigate({
                to: '/doc/$doctype/$id',
                params: { doctype: doctype.key, id: 'new' },
              })
            }
          >
            New
          </Menu.Item>
        ) : null}
        {canRederive ? (
          <Menu.Item disabled={isDirty} onClick={onRederive}>
            Bring under today’s rules…
          </Menu.Item>
        ) : null}
        {isDeletable ? (
          <Menu.Item color="red" onClick={onDelete}>
            {doctype.submittable ? 'Delete draft…' : 'Delete…'}
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
