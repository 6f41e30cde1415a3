/** The resolved client catalog: everything a screen may know about a business. */
import type { TextType } from '../core/textTypes';

export type FieldType =
  | 'text'
  | 'long_text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'rate'
  | 'percent'
  | 'quantity'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'time'
  | 'choice'
  | 'link'
  | 'table'
  | 'back'
  | 'phone'
  | 'email'
  | 'url'
  | 'json';

/** An expression as the server compiled it; only src/expr reads inside. */
export type Tree = readonly unknown[];

export interface LinkTarget {
  readonly doctype: string;
  readonly route: string;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly label: string;
  readonly required: boolean;
  readonly scale: number;
  readonly length: number;
  /** The checked kind of text it holds, where a pack declares it. */
  readonly form?: TextType | null;
  readonly options: readonly Choice[];
  readonly link: readonly LinkTarget[];
  /** Path of the child table, for a table field. */
  readonly table: string | null;
  readonly readOnly: boolean;
  readonly generated: boolean;
  /** A person may type over what a formula or step wrote. */
  readonly editable: boolean;
  /** Written by a formula or step, not by a person. */
  readonly computed: boolean;
  readonly afterSubmit: boolean;
  readonly default: string | number | boolean | null;
  /** Whether something stands there when nobody says anything. */
  readonly hasDefault: boolean;
  /** Fields of the same row that its default is taken from. */
  readonly defaultReads: readonly string[];
  /** Links of the same row; where one is filled in, the field is a part of the row that it leads to. */
  readonly partOf: readonly string[];
  readonly help: string;
  readonly visibleIf: Tree | null;
  readonly requiredIf: Tree | null;
  readonly readOnlyIf: Tree | null;
  readonly formula: Tree | null;
}

export interface Table {
  readonly path: string;
  readonly rowType: string;
  readonly parent: string | null;
  readonly generated: boolean;
  /** Columns of its grid, where the business names them. */
  readonly listFields: readonly string[];
  readonly fields: Readonly<Record<string, Field>>;
}

/** A field that a step reads; `near`: only along the line of the row that it runs for. */
export interface Read {
  readonly path: string;
  readonly field: string;
  readonly near: boolean;
}

/** Who takes what the rounding of shares leaves. */
export type Method = 'largest_remainder' | 'last_row' | 'first_row' | 'biggest_row';

export interface FormulaStep {
  readonly kind: 'formula';
  readonly each: string;
  readonly reads: readonly Read[];
  readonly path: string;
  readonly field: string;
  readonly expression: Tree;
}

export interface DistributeStep {
  readonly kind: 'distribute';
  /** The table once per row of which an amount is shared; `''` is once in all. */
  readonly each: string;
  readonly reads: readonly Read[];
  readonly method: Method;
  readonly when: Tree | null;
  readonly over: string;
  readonly into: string;
  readonly amount: Tree;
  readonly weight: Tree;
  readonly where: Tree | null;
}

/** Anything else is worked out by the server and arrives with the preview. */
export interface ServerStep {
  readonly kind: 'server';
}

export type Step = FormulaStep | DistributeStep | ServerStep;

export interface Section {
  readonly title: string;
  readonly show: readonly (readonly string[])[];
  readonly visibleIf: Tree | null;
}

export interface MakeSource {
  readonly doctype: string;
  readonly route: string;
}

/** A state of a workflow; `edit`: the fields that may be written there, null for all. */
export interface State {
  readonly label: string;
  readonly edit: readonly string[] | null;
}

/** A transition or an action: a button, and what it asks before it is done. */
export interface Way {
  readonly name: string;
  readonly label: string;
  readonly route: string;
  readonly method: 'POST' | 'PUT';
  readonly ask: readonly Field[];
  /** It is done in the background, and its progress is asked for. */
  readonly later: boolean;
}

export interface Doctype {
  readonly key: string;
  /** Keys of earlier versions, as long as outsiders may use them. */
  readonly former: readonly string[];
  readonly name: string;
  readonly label: string;
  readonly plural: string;
  readonly route: string;
  readonly module: string;
  readonly child: boolean;
  readonly submittable: boolean;
  /** How a submitted document is changed: `none`, `in_place`, or `new` (another in its place). */
  readonly amend: string;
  readonly titleField: string;
  readonly search: readonly string[];
  readonly listFields: readonly string[];
  readonly date: string | null;
  readonly company: string;
  readonly can: ReadonlySet<string>;
  readonly tables: Readonly<Record<string, Table>>;
  readonly steps: readonly Step[];
  readonly layout: readonly Section[];
  readonly makeFrom: readonly MakeSource[];
  /** States of its workflow by name. */
  readonly states: Readonly<Record<string, State>>;
  /** Its workflow is its own: documents move by transitions, not by Submit. */
  readonly hasWorkflow: boolean;
  /** Transitions of its own workflow, and actions. */
  readonly ways: readonly Way[];
  /** What can be done with several documents at once. */
  readonly many: readonly Way[];
  readonly help: string;
}

export interface Report {
  readonly key: string;
  readonly label: string;
  readonly module: string;
  readonly ask: readonly Field[];
}

/** A limit that the user may go beyond, and what is asked then. */
export interface Limit {
  readonly label: string;
  readonly ask: readonly Field[];
}

export interface MenuItem {
  readonly label: string;
  readonly kind: 'doctype' | 'report';
  /** Key of the doctype or report. */
  readonly target: string;
}

export interface MenuGroup {
  readonly module: string;
  readonly items: readonly MenuItem[];
}

export interface Company {
  readonly id: number;
  readonly code: string;
  readonly name: string;
}

export interface User {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly companies: readonly Company[];
  readonly roles: readonly string[];
}

export interface Meta {
  readonly digest: string;
  /** How many digits of a number stand together, from the right; the last goes on. */
  readonly digitGroups: readonly number[];
  readonly user: User;
  readonly menu: readonly MenuGroup[];
  readonly doctypes: Readonly<Record<string, Doctype>>;
  readonly reports: Readonly<Record<string, Report>>;
  readonly limits: Readonly<Record<string, Limit>>;
}
