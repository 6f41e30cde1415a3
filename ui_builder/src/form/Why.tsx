import { Popover, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Explained, explainDraft, getExplained } from '../api/explain';
import { sentenceOf } from '../api/problems';
import { useForm } from './FormContext';
import styles from './form.module.css';

interface Props {
  readonly label: string;
  readonly place: string;
  readonly isOpen: boolean;
  readonly onChange: (isOpen: boolean) => void;
}

/** What wrote a value, in a word or two. */
export function writerOf({ by, step, text }: Explained): string {
  const known: Readonly<Record<string, string>> = {
    formula: `= ${text}`,
    rules: `Rules ${text}`,
    tax: `Tax ${text}`,
    distribute: `Share of ${text}`,
    rows: `Row of ${text}`,
    pair: `Pairs of ${text}`,
  };
  const found = known[by];
  if (found === undefined) return text;
  return step === '' ? found : `${found} (${step})`;
}

/** What went in, as it is read: a record by its title. */
export function inputsOf(explained: Explained): readonly (readonly [string, string])[] {
  return explained.inputs.map((input) => {
    if (input.withheld) return [input.text, 'not yours to read'];
    if (input.title) return [input.text, input.title];
    const value = input.value ?? '';
    return [input.text, typeof value === 'object' ? JSON.stringify(value) : String(value)];
  });
}

/** A small button beside a field that is worked out: it tells why the field holds what it holds. */
export function Why({ label, place, isOpen, onChange }: Props) {
  const { doctype, document, saved, isDirty, isLocked, body } = useForm();
  const id = document.id;
  const isStored = typeof id === 'number' && saved !== null && (!isDirty || isLocked);
  const query = useQuery({
    queryKey: ['why', doctype.key, id, document.version, place, isStored ? '' : body()],
    queryFn: () =>
      isStored
        ? getExplained(doctype.route, Number(id), place)
        : explainDraft(doctype.route, body(), place),
    enabled: isOpen,
    retry: false,
  });
  return (
    <Popover opened={isOpen} onChange={onChange} width={340} position="bottom-start" withArrow>
      <Popover.Target>
        <UnstyledButton
          className={styles.why}
          aria-label={`Why is ${label} what it is?`}
          title="Why? (Alt+W)"
          tabIndex={-1}
          onClick={() => onChange(!isOpen)}
        >
          ?
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        {query.data ? <Told explained={query.data} /> : null}
        {query.error ? <div role="alert">{sentenceOf(query.error)}</div> : null}
        {query.isFetching ? <div aria-live="polite">Asking…</div> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function Told({ explained }: { readonly explained: Explained }) {
  return (
    <div className={styles.told}>
      <code>{writerOf(explained)}</code>
      {explained.because === '' ? null : <div>{explained.because}</div>}
      <dl>
        {inputsOf(explained).map(([text, value]) => (
          <div key={text}>
            <dt>{text}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
