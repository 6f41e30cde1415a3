// Draws /api/openapi.json. Text only ever enters the page as text, never as markup.
'use strict';

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function resolve(api, value) {
  let found = value;
  while (found && found.$ref) {
    found = found.$ref.slice(2).split('/').reduce((at, key) => at && at[key], api);
  }
  return found || {};
}

function nameOf(schema) {
  return schema.$ref ? schema.$ref.split('/').pop() : '';
}

function typeOf(api, schema) {
  if (!schema) return '';
  if (schema.$ref) return nameOf(schema);
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(api, one)).join(' | ');
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const kind = [].concat(schema.type || 'any').join(' | ');
  return kind === 'array' ? `list of ${typeOf(api, schema.items)}` : schema.format ? `${kind} (${schema.format})` : kind;
}

function rows(api, heads, lines) {
  if (!lines.length) return null;
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = lines.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))));
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
}

function schemaBlock(api, schema, open) {
  const found = resolve(api, schema);
  const variants = found.anyOf && !found.properties ? found.anyOf.filter((one) => one.$ref) : [];
  if (variants.length) return element('div', {}, ...variants.map((one) => schemaBlock(api, one, open)));
  if (!found.properties) return element('p', {}, typeOf(api, schema));
  const required = new Set(found.required || []);
  const lines = Object.entries(found.properties).map(([name, field]) => [
    element('code', {}, name + (required.has(name) ? ' *' : '')),
    typeOf(api, field),
    field.description || field.title || '',
  ]);
  const block = element('details', open ? { open: '' } : {}, element('summary', {}, nameOf(schema) || 'object'));
  block.append(element('div', { class: 'part' }, rows(api, ['Field', 'Type', ''], lines)));
  return block;
}

function content(api, part) {
  const media = part && part.content && Object.values(part.content)[0];
  return media && media.schema;
}

function operation(api, path, verb, item, found) {
  const inside = element('div', { class: 'part' });
  if (found.description) inside.append(element('p', {}, found.description));
  const parameters = [...(item.parameters || []), ...(found.parameters || [])].map((one) => resolve(api, one));
  const table = rows(api, ['Parameter', 'In', 'Type', ''], parameters.map((one) => [
    element('code', {}, one.name + (one.required ? ' *' : '')), one.in, typeOf(api, one.schema), one.description || '',
  ]));
  if (table) inside.append(element('h4', {}, 'Parameters'), table);
  const sent = content(api, found.requestBody);
  if (sent) inside.append(element('h4', {}, 'Body'), schemaBlock(api, sent, true));
  inside.append(element('h4', {}, 'Answers'));
  for (const [status, answer] of Object.entries(found.responses || {})) {
    const told = resolve(api, answer);
    inside.append(element('p', {}, element('code', {}, status), ` ${told.description || ''}`));
    const schema = content(api, told);
    if (schema && status < 300) inside.append(schemaBlock(api, schema, false));
  }
  const title = element('summary', {}, element('span', { class: 'verb' }, verb), element('code', {}, path), ` ${found.summary || ''}`);
  const details = element('details', { id: found.operationId || '' }, title, inside);
  details.dataset.text = `${path} ${found.summary || ''} ${(found.tags || []).join(' ')}`.toLowerCase();
  return details;
}

function draw(api) {
  document.title = `${api.info.title} API`;
  document.getElementById('title').textContent = `${api.info.title} API`;
  document.getElementById('about').textContent = api.info.description || '';
  const sections = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const verb of VERBS.filter((one) => item[one])) {
      const tag = (item[verb].tags || ['Other'])[0];
      if (!sections.has(tag)) sections.set(tag, []);
      sections.get(tag).push(operation(api, path, verb, item, item[verb]));
    }
  }
  const main = document.getElementById('operations');
  const nav = document.getElementById('tags');
  main.replaceChildren();
  let count = 0;
  for (const [tag, operations] of sections) {
    count += 1;
    const anchor = `section-${count}`;
    main.append(element('section', { id: anchor }, element('h2', {}, tag), ...operations));
    nav.append(element('a', { href: `#${anchor}` }, tag));
  }
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll('main section')) {
    let shown = 0;
    for (const one of section.querySelectorAll(':scope > details')) {
      one.hidden = !words.every((word) => one.dataset.text.includes(word));
      shown += one.hidden ? 0 : 1;
    }
    section.hidden = shown === 0;
  }
}

async function start() {
  document.getElementById('find').addEventListener('input', (event) => find(event.target.value));
  const answer = await fetch('/api/openapi.json');
  const api = await answer.json();
  if (!answer.ok) throw new Error(api.detail || `The server answered ${answer.status}.`);
  draw(api);
}

start().catch((error) => {
  document.getElementById('operations').textContent = `The description cannot be read: ${error.message}`;
});
