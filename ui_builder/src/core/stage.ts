import { type Row, textOf } from '../api/values';

/** The stage of a document: draft, submitted or cancelled. Without a workflow of its own it is the state. */
export function stageOf(row: Row): string {
  return textOf(row.stage) || textOf(row.state);
}
