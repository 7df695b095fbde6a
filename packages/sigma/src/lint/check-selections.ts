import { quote } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import type { YamlEntry, YamlNode, YamlScalar } from '../load/yaml.ts';
import type { LintDocument } from './check.ts';
import { plainForm } from './regex-form.ts';

/** What could be said better inside the selections: values, wildcards, expressions, placeholders. */
export function checkSelections(document: LintDocument): void {
  const body = entry(document.map, document.kind === 'filter' ? 'filter' : 'detection')?.value;
  if (body?.kind !== 'map') return;
  for (const { key, value } of body.entries) {
    if (key !== 'condition' && key !== 'timeframe' && key !== 'rules') visit(value, document);
  }
}

function visit(node: YamlNode, document: LintDocument): void {
  if (node.kind === 'list') for (const item of node.items) visit(item, document);
  if (node.kind !== 'map') return;
  for (const item of node.entries) {
    const { value } = item;
    const values = value.kind === 'scalar' ? [value] : value.kind === 'list' ? value.items : [];
    const scalars = values.filter((one) => one.kind === 'scalar');
    if (scalars.length === values.length) checkItem(item, scalars, document);
    else visit(value, document);
  }
}

function checkItem(item: YamlEntry, values: readonly YamlScalar[], document: LintDocument): void {
  const [field, ...modifiers] = item.key.split('|').map((part, index) => (index === 0 ? part : part.toLowerCase()));
  checkDuplicates(item, values, modifiers, document);
  for (const value of values) {
    if (modifiers.includes('expand')) checkPlaceholders(value, document);
    if (modifiers.includes('re')) checkRegex(value, modifiers, document);
    else if (typeof value.value === 'string' && field !== '') checkEdges(value, modifiers, document);
  }
}

function checkDuplicates(
  item: YamlEntry,
  values: readonly YamlScalar[],
  modifiers: string[],
  document: LintDocument,
): void {
  const exact = modifiers.some((name) => name === 're' || name === 'cased' || name.startsWith('base64'));
  const seen = new Set<string>();
  for (const { text, at } of values) {
    const key = exact ? text : text.toLowerCase();
    if (seen.has(key))
      document.report(
        'value-duplicate',
        at,
        `${quote(text)} stands twice under ${quote(item.key)}`,
        'remove one of them',
      );
    seen.add(key);
  }
}

function checkPlaceholders(value: YamlScalar, document: LintDocument): void {
  for (const match of value.text.matchAll(/(?<!\\)%([^%]+)%/g)) {
    if (document.placeholders.has(match[1])) continue;
    const message = `the placeholder ${quote(match[0])} has no values here; without them the rule is refused`;
    document.report('placeholder-unbound', value.at, message, 'give its values with the placeholders or a pipeline');
  }
}

const EDGED = new Set(['contains', 'startswith', 'endswith']);

/** Spaces at the edge of a value that must fit whole, and wildcards where a modifier says the same. */
function checkEdges(value: YamlScalar, modifiers: readonly string[], document: LintDocument): void {
  const { text, at } = value;
  const searched = modifiers.some((name) => EDGED.has(name));
  if (!searched && modifiers.length === 0 && /^\s|\s$/.test(text) && !/^\s*$/.test(text)) {
    document.report(
      'value-space',
      at,
      `${quote(text)} begins or ends with a space, and must fit the whole field`,
      'remove the space',
    );
  }
  const start = text.startsWith('*');
  const end = /(?:^|[^\\])(?:\\\\)*\*$/.test(text);
  if (text === '*' || text === '' || !(start || end)) return;
  if (searched) {
    if ((start && !modifiers.includes('startswith')) || (end && !modifiers.includes('endswith'))) {
      document.report(
        'wildcard-modifier',
        at,
        `${quote(text)} has a wildcard where its modifier puts one anyway`,
        'remove the `*`',
      );
    }
  } else if (modifiers.length === 0 && !/[*?]/.test(text.slice(start ? 1 : 0, end ? -1 : undefined))) {
    const modifier = start ? (end ? 'contains' : 'endswith') : 'startswith';
    document.report(
      'wildcard-modifier',
      at,
      `${quote(text)} says with wildcards what a modifier says`,
      `write ${quote(`|${modifier}`)} and no \`*\``,
    );
  }
}

function checkRegex(value: YamlScalar, modifiers: readonly string[], document: LintDocument): void {
  const form = plainForm(value.text, modifiers.includes('i'));
  if (form !== undefined) {
    document.report(
      'regex-plain',
      value.at,
      `${quote(value.text)} needs no regular expression`,
      `write ${quote(`|${form.modifiers}: ${form.text}`)}`,
    );
  } else if (/^\.\*(?!\?)|(?:^|[^\\])(?:\\\\)*\.\*$/.test(value.text)) {
    const message = `the \`.*\` at the edge of ${quote(value.text)} says nothing: expressions search anywhere in a value`;
    document.report('regex-unanchored-any', value.at, message, 'remove it');
  }
}
