/**
 * What is different in a document, and which rows of a step that reaches: the same rule as the server's
 * (`engine/kernel/recalculate.py`), so that one cell typed runs what depends on it and nothing else.
 */
import { type Row, rowsOf } from '../api/values';
import type { Doctype, Read, Table } from '../meta/types';
import { keyOf } from './document';
import { type FrameRow, frameRowsAt } from './frame';

interface Spot {
  readonly path: string;
  readonly row: FrameRow;
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('.').length;
}

function isBelow(path: string, above: string): boolean {
  return path !== above && (above === '' || path.startsWith(`${above}.`));
}

/** Every row of the table `path` below `row`, which stands at `from`. */
function rowsBelow(row: FrameRow, from: string, path: string): readonly FrameRow[] {
  const way = from === '' ? path : path.slice(from.length + 1);
  return frameRowsAt(row, way);
}

/** The rows at `wanted` on the line of a row: the one it belongs to, or those below it. */
function onLine(spot: Spot, wanted: string): readonly FrameRow[] {
  if (spot.path === wanted) return [spot.row];
  if (isBelow(spot.path, wanted)) {
    let row = spot.row;
    for (let left = depth(spot.path) - depth(wanted); left > 0; left -= 1) {
      row = row.parent as FrameRow;
    }
    return [row];
  }
  return isBelow(wanted, spot.path) ? rowsBelow(spot.row, spot.path, wanted) : [];
}

export class Changes {
  private readonly doctype: Doctype;
  private readonly spots = new Map<string, Spot[]>();

  constructor(doctype: Doctype) {
    this.doctype = doctype;
  }

  /** The value `name` of `row` is another; of a table: rows came or went. */
  add(path: string, row: FrameRow, name: string): void {
    this.put(path, name, { path, row });
    const below = this.doctype.tables[path]?.fields[name]?.table;
    if (below !== null && below !== undefined) this.addRows(below, { path, row });
  }

  private put(path: string, name: string, spot: Spot): void {
    const place = `${path}|${name}`;
    const known = this.spots.get(place);
    if (known) known.push(spot);
    else this.spots.set(place, [spot]);
  }

  private addRows(path: string, spot: Spot): void {
    const fields = this.doctype.tables[path]?.fields ?? {};
    for (const name of [...Object.keys(fields), 'index', 'id']) {
      this.put(path, name, spot);
      const below = fields[name]?.table;
      if (below !== null && below !== undefined) this.addRows(below, spot);
    }
  }

  /** The rows of the table `path` that a step with these reads has to look at again; undefined: all of them. */
  reached(path: string, reads: readonly Read[]): ReadonlySet<FrameRow> | undefined {
    const found = new Set<FrameRow>();
    for (const read of reads) {
      const spots = this.spots.get(`${read.path}|${read.field}`);
      if (spots === undefined) continue;
      if (!read.near) return undefined;
      for (const spot of spots) for (const row of onLine(spot, path)) found.add(row);
    }
    return found;
  }
}

function isRowsSame(before: readonly Row[], after: readonly Row[]): boolean {
  return (
    before.length === after.length &&
    before.every((row, index) => keyOf(row) === keyOf(after[index] as Row))
  );
}

/** Notes what differs between two states of a row and the rows below; `frame` is the row as it is now. */
export function compare(
  changes: Changes,
  doctype: Doctype,
  table: Table,
  before: Row,
  after: Row,
  frame: FrameRow,
): void {
  if (before === after) return;
  for (const field of Object.values(table.fields)) {
    const below = field.table === null ? undefined : doctype.tables[field.table];
    if (field.type === 'table' && below) {
      const [old, now] = [rowsOf(before, field.name), rowsOf(after, field.name)];
      if (old === now) continue;
      if (!isRowsSame(old, now)) {
        changes.add(table.path, frame, field.name);
        continue;
      }
      const frames = frame[field.name] as readonly FrameRow[];
      now.forEach((row, index) => {
        compare(changes, doctype, below, old[index] as Row, row, frames[index] as FrameRow);
      });
    } else if (
      before[field.name] !== after[field.name] ||
      (field.editable && before.typed !== after.typed)
    ) {
      changes.add(table.path, frame, field.name);
    }
  }
  if (before.id !== after.id) changes.add(table.path, frame, 'id');
}
