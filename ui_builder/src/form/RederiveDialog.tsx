import { Alert, Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { getDocument } from '../api/documents';
import { ApiError, sentenceOf, sentencesOf } from '../api/problems';
import { type Difference, getDifference, rederive } from '../api/rederive';
import type { Row } from '../api/values';
import { placeWords } from '../core/findings';
import { parsePath, tablePath } from '../core/paths';
import { resolveField } from '../meta/resolve';
import type { Doctype, Field } from '../meta/types';
import { DataCell } from '../report/DataCell';
import tables from '../ui/tables.module.css';
import { Waiting } from '../ui/Waiting';
import { remarkOn } from './EffectsPanel';
import { useForm } from './FormContext';
import { LedgerTable } from './LedgerTable';

interface Props {
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: (row: Row) => void;
}

/** Shows what today's rules and masters would make of a submitted document, and does it once it was seen. */
export function RederiveDialog({ name, onClose, onDone }: Props) {
  const { doctype, document } = useForm();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<readonly string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const id = Number(document.id);
  const query = useQuery({
    queryKey: ['difference', doctype.key, id],
    queryFn: () => getDifference(doctype.route, id),
    gcTime: 0,
    retry: false,
  });
  const found = query.data;
  const confirm = async (seen: Difference) => {
    setBusy(true);
    setFailure([]);
    try {
      await rederive(doctype.route, id, seen, reason.trim());
      for (const key of ['effects', 'history', 'moves', 'list', 'report'])
        void queries.invalidateQueries({ queryKey: [key] });
      onDone(await getDocument(doctype.route, id));
    } catch (error) {
      setFailure(sentencesOf(error));
      // What would be done by now is shown in place of what was seen.
      if (error instanceof ApiError && error.status === 409) await query.refetch();
    } finally {
      setBusy(false);
    }
  };
  const stands = found?.problems.filter((problem) => problem.action === 'refuse') ?? [];
  return (
    <Modal opened onClose={onClose} size="xl" title={`Bring ${name} under today’s rules?`}>
      {query.isPending ? <Waiting what="Working out" /> : null}
      {query.error ? <Alert color="red">{sentenceOf(query.error)}</Alert> : null}
      {found ? <Seen doctype={doctype} found={found} /> : null}
      {failure.map((sentence) => (
        <Text key={sentence} size="sm" c="red" role="alert" mt="sm">
          {sentence}
        </Text>
      ))}
      {found && !found.nothing && stands.length === 0 ? (
        <TextInput
          label="Reason"
          mt="md"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      ) : null}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {found?.nothing || stands.length > 0 ? 'Close' : 'Leave it as it is'}
        </Button>
        {found && !found.nothing && stands.length === 0 ? (
          <Button loading={isBusy || query.isFetching} onClick={() => void confirm(found)}>
            Write the difference
          </Button>
        ) : null}
      </Group>
    </Modal>
  );
}

function Seen({ doctype, found }: { readonly doctype: Doctype; readonly found: Difference }) {
  const ledgers = Object.values(found.ledgers).filter((ledger) => ledger.entries.length > 0);
  return (
    <>
      {found.problems.map((problem) => (
        <Alert
          key={problem.code + problem.path + problem.message}
          color={problem.action === 'refuse' ? 'red' : 'yellow'}
          mb="xs"
          role="status"
        >
          {`${problem.message} ${problem.hint}`.trim()}
        </Alert>
      ))}
      <Text size="sm" mb="xs">
        {found.nothing
          ? 'Nothing would be another: it stands as today’s rules and masters would make it.'
          : 'What people typed stays. The books get the difference, on the day of the document.'}
      </Text>
      {found.fields.length > 0 ? <Fields doctype={doctype} found={found} /> : null}
      <Rows doctype={doctype} found={found} />
      {ledgers.map((ledger) => (
        <section key={ledger.label}>
          <Text size="sm" fw={600} mt="md">
            {ledger.label}
          </Text>
          <LedgerTable ledger={ledger} />
        </section>
      ))}
      {found.withheld ? (
        <Text size="sm" c="dimmed" mt="xs">
          {remarkOn(ledgers.length, true, true)}
        </Text>
      ) : null}
    </>
  );
}

/** The field at a path, to show its values by; text where the doctype does not know it. */
export function fieldAt(doctype: Doctype, path: string): Field {
  const place = parsePath(path);
  const known = doctype.tables[tablePath(place.row)]?.fields[place.field];
  return known ?? resolveField(place.field, { type: 'text' });
}

function Fields({ doctype, found }: { readonly doctype: Doctype; readonly found: Difference }) {
  return (
    <div className={tables.scroll}>
      <table className={tables.table} aria-label="Fields that change">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">As it stands</th>
            <th scope="col">Under today’s rules</th>
          </tr>
        </thead>
        <tbody>
          {found.fields.map((change) => {
            const field = fieldAt(doctype, change.path);
            return (
              <tr key={change.path}>
                <th scope="row">{placeWords(doctype, change.path)}</th>
                <DataCell field={field} value={change.old} />
                <DataCell field={field} value={change.new} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Rows({ doctype, found }: { readonly doctype: Doctype; readonly found: Difference }) {
  return (
    <>
      {found.rows.map((change) => {
        const place = parsePath(change.path);
        const fields = Object.values(doctype.tables[tablePath(place.row)]?.fields ?? {});
        const filled = fields.filter(
          (field) => field.type !== 'table' && (change.row[field.name] ?? '') !== '',
        );
        return (
          <div key={change.path + change.is} className={tables.scroll}>
            <table className={tables.table}>
              <caption>
                {placeWords(doctype, change.path)} {change.is === 'new' ? 'comes' : 'goes'}
              </caption>
              <tbody>
                {filled.map((field) => (
                  <tr key={field.name}>
                    <th scope="row">{field.label}</th>
                    <DataCell field={field} value={change.row[field.name]} />
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      })}
    </>
  );
}
