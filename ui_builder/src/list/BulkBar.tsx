import { Button, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getTogether, MOST_AT_ONCE, type WayOfMany } from '../api/many';
import type { List } from '../core/useList';
import type { Selection } from '../core/useSelection';
import type { Doctype, Way } from '../meta/types';
import { BulkDialog } from './BulkDialog';
import styles from './list.module.css';

const CHOOSING_MS = 200;

interface Offer {
  readonly way: Way;
  readonly found: WayOfMany;
}

/** The ways that some of the chosen documents offer, in the order that the business names them. */
export function offersOf(doctype: Doctype, found: readonly WayOfMany[]): readonly Offer[] {
  return doctype.many.flatMap((way) => {
    const one = found.find((each) => each.name === way.name);
    return one ? [{ way, found: one }] : [];
  });
}

/** Why it cannot be done with all of them. */
export function hindrance({ found }: Offer, total: number): string {
  if (found.able === total) return '';
  return found.reasons
    .map((reason) => `${String(reason.count)} of ${String(total)}: ${reason.message}`)
    .join(' ');
}

interface Props {
  readonly doctype: Doctype;
  readonly list: List;
  readonly selection: Selection;
}

/** How many documents are chosen, and what can be done with all of them. */
export function BulkBar({ doctype, list, selection }: Props) {
  const [chosen, setChosen] = useState<Way | null>(null);
  const [ids] = useDebouncedValue(selection.ids, CHOOSING_MS);
  const count = selection.ids.length;
  const isTooMuch = count > MOST_AT_ONCE;
  const query = useQuery({
    queryKey: ['together', doctype.key, ids],
    queryFn: () => getTogether(doctype.route, ids),
    enabled: ids.length > 0 && ids.length <= MOST_AT_ONCE,
    placeholderData: keepPreviousData,
  });
  // What was done may have left the list, and with it the selection; what became of it is still told.
  if (count === 0 && chosen === null) return null;
  const { data } = query;
  const all = data ? [...data.transitions, ...data.actions] : [];
  const isKnown = data !== undefined && !query.isPlaceholderData && ids === selection.ids;
  const offers = isTooMuch ? [] : offersOf(doctype, all);
  return (
    <div className={styles.bulk} role="toolbar" aria-label="Chosen documents">
      <span className={styles.count} aria-live="polite">
        {count} chosen
      </span>
      {isTooMuch ? <span>At most {MOST_AT_ONCE} at once.</span> : null}
      {offers.map((offer) => {
        const why = hindrance(offer, data?.total ?? count);
        const isShut = !isKnown || why !== '';
        return (
          <Tooltip key={offer.way.name} label={why} disabled={why === ''} multiline maw={360}>
            <Button
              variant="default"
              data-disabled={isShut || undefined}
              aria-disabled={isShut}
              onClick={() => {
                if (!isShut) setChosen(offer.way);
              }}
            >
              {offer.way.label}
            </Button>
          </Tooltip>
        );
      })}
      {isKnown && offers.length === 0 && !isTooMuch ? (
        <span>Nothing can be done with them.</span>
      ) : null}
      {count < list.rows.length ? (
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => selection.set(list.rows.map((row) => Number(row.id)))}
        >
          Choose all {list.rows.length}
        </Button>
      ) : null}
      <Button variant="subtle" size="compact-xs" onClick={() => selection.set([])}>
        Choose none
      </Button>
      {chosen ? (
        <BulkDialog
          doctype={doctype}
          way={chosen}
          list={list}
          ids={selection.ids}
          onClose={(left) => {
            setChosen(null);
            selection.set(left);
          }}
        />
      ) : null}
    </div>
  );
}
