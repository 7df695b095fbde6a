import { quote, refuse } from '../errors.ts';
import { applyModifiers } from '../modifiers/apply.ts';
import { parseSigmaString } from '../modifiers/sigma-string.ts';
import type { DraftGroup, DraftItem, DraftNode, Value } from '../modifiers/value.ts';
import type { Context } from './context.ts';
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './yaml.ts';

/**
 * Reads a selection: a map is "all of", a list of maps "any of", a list of plain values keywords; lists and maps nest.
 * `'|all'` as a key makes a list "all of".
 */
export function readSelection(name: string, node: YamlNode, context: Context): DraftNode {
  if (isEmpty(node)) {
    refuse(
      'detection-empty',
      node.at,
      `the selection ${quote(name)} is empty`,
      'give it fields or keywords, or remove it',
    );
  }
  return readNode(node, context);
}

function isEmpty(node: YamlNode): boolean {
  if (node.kind === 'scalar') return node.value === null;
  return (node.kind === 'list' ? node.items : node.entries).length === 0;
}

function readNode(node: YamlNode, context: Context): DraftNode {
  if (node.kind === 'map') return readMap(node, context);
  if (node.kind === 'scalar') return readItem('', node.at, [node], context);
  return readList(node, 'any', context);
}

function readMap(node: YamlMap, context: Context): DraftNode {
  if (node.entries.length === 0)
    refuse('detection-empty', node.at, 'a map of the selection is empty', 'give it a field');
  const of = node.entries.map((entry) => readEntry(entry, context));
  return of.length === 1 ? of[0] : { kind: 'group', linking: 'all', of, at: node.at };
}

function readList(node: YamlList, linking: 'all' | 'any', context: Context): DraftNode {
  if (node.items.length === 0)
    refuse('detection-empty', node.at, 'a list of the selection is empty', 'give it a value');
  if (node.items.every((item) => item.kind === 'scalar')) {
    const item = readItem('', node.at, node.items as readonly YamlScalar[], context);
    item.linking = linking;
    return item;
  }
  const group: DraftGroup = {
    kind: 'group',
    linking,
    of: node.items.map((item) => readNode(item, context)),
    at: node.at,
  };
  return group;
}

function readEntry(entry: YamlEntry, context: Context): DraftNode {
  const { key, at, value } = entry;
  if (value.kind === 'scalar') return readItem(key, at, [value], context);
  if (value.kind === 'list') {
    if (value.items.every((item) => item.kind === 'scalar')) {
      return readItem(key, at, value.items as readonly YamlScalar[], context);
    }
    if (/^\|all$/i.test(key)) return readList(value, 'all', context);
  }
  refuse(
    'detection-structure',
    value.at,
    `the value of ${quote(key)} holds a ${value.kind === 'map' ? 'map' : 'list of maps or lists'}`,
    'give a field one value or a list of values; for a nested field write its dotted name, such as `a.b`',
  );
}

/** Reads `Field|modifiers: values`; an empty field means keywords. */
function readItem(key: string, at: number, scalars: readonly YamlScalar[], context: Context): DraftItem {
  const [field, ...modifiers] = key.split('|');
  const item: DraftItem = {
    kind: 'item',
    field: field === '' ? null : field,
    key,
    modifiers,
    values: scalars.map(readValue),
    linking: 'any',
    negated: false,
    at,
  };
  if (modifiers.length > 0) applyModifiers(item, context);
  if (item.field === null) checkKeywords(item);
  return item;
}

function checkKeywords(item: DraftItem): void {
  for (const value of item.values) {
    if (value.kind === 'null' || (value.kind === 'string' && value.parts.length === 0)) {
      refuse('keyword-value', value.at, 'an empty keyword would match every event', 'give the keyword some text');
    }
  }
  if (item.values.length === 0) refuse('keyword-value', item.at, 'there is no keyword', 'give a text to search for');
}

function readValue(scalar: YamlScalar): Value {
  const { value, text: written, at } = scalar;
  switch (typeof value) {
    case 'number':
      return { kind: 'number', value, written, at };
    case 'boolean':
      return { kind: 'boolean', value, written, at };
    case 'string':
      return { kind: 'string', parts: parseSigmaString(value), cased: false, raw: value, written, at };
    default:
      return { kind: 'null', written: written === '' ? 'null' : written, at };
  }
}
