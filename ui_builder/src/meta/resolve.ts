/** The client catalog AS SENT (`GET /api/meta`) → AS RESOLVED (`meta/types`): every key present, sets and lists in place. */
import type { TextType } from '../core/textTypes';
import type {
  Choice,
  Company,
  Doctype,
  Field,
  FieldType,
  Limit,
  LinkTarget,
  MenuGroup,
  MenuItem,
  Meta,
  Method,
  Read,
  Report,
  Section,
  State,
  Step,
  Table,
  Tree,
  User,
  Way,
} from './types';
import { list, number, record, text, textOrNull, texts, type Wire } from './wire';

function tree(value: unknown): Tree | null {
  return Array.isArray(value) ? value : null;
}

function humanise(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function choice(value: unknown): Choice {
  if (typeof value === 'string') return { value, label: humanise(value) };
  const given = record(value);
  const key = text(given.value);
  return { value: key, label: text(given.label, humanise(key)) };
}

function target(value: unknown): LinkTarget {
  const given = record(value);
  return { doctype: text(given.doctype) || text(given.key), route: text(given.route) };
}

function scalar(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : null;
}

/** In: a field's name and wire form. Out: the field with nothing left open. */
export function resolveField(name: string, value: unknown): Field {
  const given = record(value);
  const formula = tree(given.formula);
  const editable = given.editable === true;
  const readOnly = given.read_only === true && !editable;
  return {
    name,
    type: text(given.type, 'text') as FieldType,
    label: text(given.label, humanise(name)),
    required: given.required === true,
    scale: number(given.scale),
    length: number(given.length),
    form: (given.form as TextType | null | undefined) ?? null,
    options: list(given.options).map(choice),
    link: list(given.link).map(target),
    table: textOrNull(given.table),
    readOnly,
    generated: given.generated === true,
    editable,
    computed: formula !== null || editable || readOnly,
    afterSubmit: given.after_submit === true,
    default: scalar(given.default),
    hasDefault: scalar(given.default) !== null || tree(given.default_expression) !== null,
    defaultReads: texts(given.default_reads),
    partOf: texts(given.part_of),
    help: text(given.help),
    visibleIf: tree(given.visible_if),
    requiredIf: tree(given.required_if),
    readOnlyIf: tree(given.read_only_if),
    formula,
  };
}

function fields(value: unknown): Readonly<Record<string, Field>> {
  const found: Record<string, Field> = {};
  for (const [name, wire] of Object.entries(record(value))) found[name] = resolveField(name, wire);
  return found;
}

function table(path: string, value: unknown): Table {
  const given = record(value);
  const above = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
  return {
    path,
    rowType: text(given.row_type),
    parent: path === '' ? null : text(given.parent, above),
    generated: given.generated === true,
    listFields: texts(given.list_fields),
    fields: fields(given.fields),
  };
}

const METHODS: readonly Method[] = ['largest_remainder', 'last_row', 'first_row', 'biggest_row'];

function read(value: unknown): Read {
  const [path, field, near] = list(value);
  return { path: text(path), field: text(field), near: near === true };
}

function step(value: unknown): Step {
  const given = record(value);
  const expression = tree(given.expression);
  const reads = list(given.reads).map(read);
  if (given.kind === 'formula' && expression !== null) {
    const path = text(given.path);
    return { kind: 'formula', each: path, reads, path, field: text(given.field), expression };
  }
  const amount = tree(given.amount);
  const weight = tree(given.weight);
  if (given.kind === 'distribute' && amount !== null && weight !== null) {
    const where = tree(given.where);
    return {
      kind: 'distribute',
      each: text(given.each),
      reads,
      method: METHODS.find((known) => known === given.method) ?? 'largest_remainder',
      when: tree(given.when),
      over: text(given.over),
      into: text(given.into),
      amount,
      weight,
      where,
    };
  }
  return { kind: 'server' };
}

function section(value: unknown): Section {
  const given = record(value);
  const show = list(given.show).map((row) => (typeof row === 'string' ? [row] : texts(row)));
  return { title: text(given.title), show, visibleIf: tree(given.visible_if) };
}

/** Fields that the person reads first, where the business has not said how the form looks. */
function ownLayout(head: Table | undefined): readonly Section[] {
  const all = Object.values(head?.fields ?? {}).filter((field) => field.type !== 'back');
  const plain = all.filter((field) => field.type !== 'table').map((field) => field.name);
  const pairs: string[][] = [];
  for (let index = 0; index < plain.length; index += 2) pairs.push(plain.slice(index, index + 2));
  const grids = all.filter((field) => field.type === 'table').map((field) => [field.name]);
  return [{ title: '', show: [...pairs, ...grids], visibleIf: null }];
}

function doctype(key: string, value: unknown): Doctype {
  const given = record(value);
  const tables: Record<string, Table> = {};
  for (const [path, wire] of Object.entries(record(given.tables))) tables[path] = table(path, wire);
  const layout = list(given.layout).map(section);
  return {
    key,
    former: texts(given.former),
    name: text(given.name, humanise(key)),
    label: text(given.label) || text(given.name, humanise(key)),
    plural: text(given.plural, humanise(key)),
    route: text(given.route),
    module: text(given.module),
    child: given.child === true,
    submittable: given.submittable === true,
    amend: text(given.amend, 'none'),
    titleField: text(given.title_field),
    search: texts(given.search),
    listFields: texts(given.list_fields),
    date: textOrNull(given.date),
    company: text(given.company),
    can: new Set(texts(given.can)),
    tables,
    steps: list(given.steps).map(step),
    layout: layout.length > 0 ? layout : ownLayout(tables['']),
    makeFrom: list(given.make_from).map((entry) => {
      const source = record(entry);
      return { doctype: text(source.source) || text(source.doctype), route: text(source.route) };
    }),
    states: mapped(given.states, state),
    hasWorkflow: hasWorkflow(given),
    ways: [...(hasWorkflow(given) ? ways(given.transitions) : []), ...ways(given.actions)],
    many: many(given),
    help: text(given.help),
  };
}

function state(name: string, value: unknown): State {
  const given = record(value);
  return {
    label: text(given.label, humanise(name)),
    edit: Array.isArray(given.edit) ? texts(given.edit) : null,
  };
}

const USUAL = 'cancel,submit';

/** Whether it has other transitions than those every document has. */
function hasWorkflow(given: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(record(given.transitions)).sort().join();
  return names !== '' && names !== USUAL;
}

/** The fields of a question. */
function asked(value: unknown): readonly Field[] {
  return Object.values(fields(record(record(value)['']).fields));
}

function limit(key: string, value: unknown): Limit {
  const given = record(value);
  return { label: text(given.label, humanise(key)), ask: asked(given.ask) };
}

function ways(value: unknown): readonly Way[] {
  return Object.entries(record(value)).map(([name, wire]) => {
    const given = record(wire);
    return {
      name,
      label: text(given.label) || humanise(name),
      route: text(given.route) || name,
      method: given.method === 'put' ? 'PUT' : 'POST',
      ask: asked(given.ask),
      later: given.later === true,
    };
  });
}

const REASON = resolveField('reason', { type: 'text' });

/** Transitions, also those that every document has, and the actions that are for many. */
function many(given: Readonly<Record<string, unknown>>): readonly Way[] {
  const usual = !hasWorkflow(given);
  const moves = given.submittable === true ? ways(given.transitions) : [];
  const bulk = Object.entries(record(given.actions)).filter(([, wire]) => record(wire).bulk);
  return [
    ...moves.map((way) => (usual && way.name === 'cancel' ? { ...way, ask: [REASON] } : way)),
    ...ways(Object.fromEntries(bulk)),
  ];
}

function report(key: string, value: unknown): Report {
  const given = record(value);
  return {
    key,
    label: text(given.label, humanise(key)),
    module: text(given.module),
    ask: Object.values(fields(given.ask)),
  };
}

function menuItem(value: unknown): MenuItem {
  const given = record(value);
  const kind = given.kind === 'report' ? 'report' : 'doctype';
  return { label: text(given.label), kind, target: text(given.target) };
}

export function resolveUser(value: unknown, companies: unknown): User {
  const given = record(value);
  const own = list(given.companies).length > 0 ? list(given.companies) : list(companies);
  return {
    id: number(given.id),
    username: text(given.username),
    name: text(given.name) || text(given.username),
    companies: own.map((entry): Company => {
      const company = record(entry);
      return { id: number(company.id), code: text(company.code), name: text(company.name) };
    }),
    roles: texts(given.roles),
  };
}

function mapped<T>(value: unknown, make: (key: string, wire: unknown) => T): Record<string, T> {
  const found: Record<string, T> = {};
  for (const [key, wire] of Object.entries(record(value))) found[key] = make(key, wire);
  return found;
}

/** A menu names a doctype by its route or by its key; screens use the key. */
function withKey(item: MenuItem, doctypes: Readonly<Record<string, Doctype>>): MenuItem {
  if (item.kind === 'report' || doctypes[item.target]) return item;
  const found = Object.values(doctypes).find((candidate) => candidate.route === item.target);
  return found ? { ...item, target: found.key } : item;
}

/** In: the decoded answer of `GET /api/meta`. Out: the resolved catalog; items that lead nowhere are left out. */
export function resolveMeta(value: unknown): Meta {
  const given: Wire = record(value);
  const doctypes = mapped(given.doctypes, doctype);
  const reports = mapped(given.reports, report);
  const known = (item: MenuItem): boolean =>
    item.kind === 'report' ? item.target in reports : item.target in doctypes;
  const menu: MenuGroup[] = Object.entries(record(given.menu)).map(([module, items]) => ({
    module,
    items: list(items)
      .map(menuItem)
      .map((item) => withKey(item, doctypes))
      .filter(known),
  }));
  return {
    digest: text(given.digest),
    digitGroups: Array.isArray(given.digit_groups) ? given.digit_groups.map(number) : [3],
    user: resolveUser(given.user, given.companies),
    menu: menu.filter((group) => group.items.length > 0),
    doctypes,
    reports,
    limits: mapped(given.limits, limit),
  };
}
