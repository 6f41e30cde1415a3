import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getEffects, type LedgerEffects } from '../api/documents';
import { sentenceOf } from '../api/problems';
import { stageOf } from '../core/stage';
import { useForm } from './FormContext';
import styles from './form.module.css';
import { LedgerTable } from './LedgerTable';
import { previewLedgers } from './ledgers';

function useLedgers(): {
  readonly ledgers: readonly LedgerEffects[];
  readonly failure: string | null;
  readonly isPlan: boolean;
  readonly isWithheld: boolean;
  readonly isLoading: boolean;
} {
  const { doctype, document, saved, entries, isWithheld } = useForm();
  const isPlan = saved === null || stageOf(document) === 'draft';
  const query = useQuery({
    queryKey: ['effects', doctype.key, document.id, document.version],
    queryFn: () => getEffects(doctype.route, Number(document.id)),
    enabled: !isPlan,
  });
  const ledgers = isPlan ? previewLedgers(entries) : Object.values(query.data?.ledgers ?? {});
  return {
    ledgers: ledgers.filter((ledger) => ledger.entries.length > 0),
    failure: query.error ? sentenceOf(query.error) : null,
    isPlan,
    isLoading: query.isLoading,
    isWithheld: isPlan ? isWithheld : query.data?.withheld === true,
  };
}

/** What there is to say beside the entries that are shown; `null` where they say it all. */
export function remarkOn(count: number, isPlan: boolean, isWithheld: boolean): string | null {
  const are = isPlan ? 'would be' : 'are';
  if (isWithheld) return `There ${are} entries in books that you may not read.`;
  if (count > 0) return null;
  return isPlan ? 'Nothing yet.' : 'It wrote nothing into any ledger.';
}

/** What the document wrote into each ledger, or what it would write if it were submitted now. */
export function EffectsPanel() {
  const { ledgers, failure, isPlan, isWithheld, isLoading } = useLedgers();
  const first = ledgers[0]?.label ?? '';
  const remark = failure || isLoading ? null : remarkOn(ledgers.length, isPlan, isWithheld);
  return (
    <section className={styles.effects} aria-label={isPlan ? 'What it would post' : 'Effects'}>
      <h2 className={styles.sectionTitle}>{isPlan ? 'What it would post' : 'What it posted'}</h2>
      {failure ? <p className={styles.none}>{failure}</p> : null}
      {remark ? <p className={styles.none}>{remark}</p> : null}
      {ledgers.length === 0 ? null : (
        <Tabs defaultValue={first} key={first} keepMounted={false}>
          <Tabs.List>
            {ledgers.map((ledger) => (
              <Tabs.Tab key={ledger.label} value={ledger.label}>
                {ledger.label} <span className={styles.count}>{ledger.entries.length}</span>
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {ledgers.map((ledger) => (
            <Tabs.Panel key={ledger.label} value={ledger.label}>
              <LedgerTable ledger={ledger} />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </section>
  );
}
