import { Button, CloseButton, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { type RefObject, useMemo, useState } from 'react';
import { formatDay } from '../core/dates';
import {
  type Filter,
  type FilterField,
  filterFields,
  filtersText,
  operatorWord,
  parseFilters,
} from '../core/filters';
import { useMeta } from '../meta/MetaContext';
import type { Doctype } from '../meta/types';
import type { ListSearch } from '../shell/router';
import { FilterIcon, SearchIcon } from '../ui/icons';
import { FilterEditor } from './FilterEditor';
import styles from './list.module.css';

interface Props {
  readonly doctype: Doctype;
  readonly ask: ListSearch;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly onChange: (part: Partial<ListSearch>) => void;
}

const STATES = [
  { value: '', label: 'All' },
  { value: 'draft', label: 'Drafts' },
  { value: 'submitted', label: 'Submitted' },
  { value: 'cancelled', label: 'Cancelled' },
];

function words(filter: Filter, known: FilterField | undefined): string {
  const [path, operator, value] = filter;
  const label = known?.label ?? path;
  const type = known?.field.type ?? 'text';
  if (operator === 'is_null') return `${label} ${value === false ? 'is filled' : 'is empty'}`;
  const option = known?.field.options.find((one) => one.value === value)?.label;
  const shown =
    type === 'date'
      ? formatDay(String(value))
      : (option ?? (value === true ? 'yes' : value === false ? 'no' : String(value)));
  return `${label} ${operatorWord(operator, type)} ${shown}`;
}

/** Search, state and filters of a list; all of it stands in the address. */
export function FilterBar({ doctype, ask, searchRef, onChange }: Props) {
  const meta = useMeta();
  const fields = useMemo(() => filterFields(meta, doctype), [meta, doctype]);
  const filters = useMemo(() => parseFilters(ask.filter), [ask.filter]);
  const [typed, setTyped] = useState(ask.search ?? '');
  const [isAdding, setAdding] = useState(false);
  const [titles, setTitles] = useState<Readonly<Record<string, string>>>({});
  const search = useDebouncedCallback(
    (text: string) => onChange({ search: text || undefined }),
    250,
  );

  const put = (next: readonly Filter[]) => onChange({ filter: filtersText(next) });
  const state = filters.find(([path, operator]) => path === 'state' && operator === '=')?.[2] ?? '';
  const others = filters.filter(([path]) => path !== 'state');
  const setState = (value: string) =>
    put(value === '' ? others : [...others, ['state', '=', value]]);

  return (
    <search className={styles.bar}>
      <TextInput
        ref={searchRef}
        aria-label={`Search ${doctype.plural}`}
        placeholder="Search"
        leftSection={<SearchIcon />}
        rightSection={
          typed === '' ? null : (
            <CloseButton
              size="sm"
              aria-label="Clear the search"
              onClick={() => {
                setTyped('');
                search('');
              }}
            />
          )
        }
        size="xs"
        className={styles.search}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      {doctype.submittable ? (
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={STATES}
          value={String(state)}
          onChange={setState}
        />
      ) : null}
      <Button
        variant="default"
        leftSection={<FilterIcon />}
        aria-expanded={isAdding}
        onClick={() => setAdding(!isAdding)}
      >
        Filter
      </Button>
      {others.map((filter) => {
        const text = words(
          filter,
          fields.find((one) => one.path === filter[0]),
        );
        const title = titles[JSON.stringify(filter)];
        const shown = title ? text.replace(String(filter[2]), title) : text;
        return (
          <span key={JSON.stringify(filter)} className={styles.chip}>
            {shown}
            <CloseButton
              size="xs"
              aria-label={`Remove the filter ${shown}`}
              onClick={() => put(filters.filter((one) => one !== filter))}
            />
          </span>
        );
      })}
      {isAdding ? (
        <FilterEditor
          fields={fields}
          onAdd={(filter, title) => {
            if (title) setTitles((now) => ({ ...now, [JSON.stringify(filter)]: title }));
            put([...filters, filter]);
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      ) : null}
    </search>
  );
}
