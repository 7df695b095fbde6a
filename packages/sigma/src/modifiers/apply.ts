import { quote, refuse, suggestion } from '../errors.ts';
import type { Context } from '../load/context.ts';
import type { ModifierCall } from './call.ts';
import { cidr, compare, exists, fieldref, timepart } from './field-modifiers.ts';
import { flag, regex } from './regex-modifiers.ts';
import { base64, base64offset, cased, edge, expand, utf16, windashValue } from './string-modifiers.ts';
import type { DraftItem, TimePart, Value } from './value.ts';

type Modifier = (value: Value, call: ModifierCall) => Value;

const MODIFIERS: ReadonlyMap<string, Modifier> = new Map<string, Modifier>([
  ['contains', edge(true, true)],
  ['startswith', edge(false, true)],
  ['endswith', edge(true, false)],
  ['cased', cased],
  ['windash', windashValue],
  ['base64', base64],
  ['base64offset', base64offset],
  ['wide', utf16('utf16le')],
  ['utf16le', utf16('utf16le')],
  ['utf16be', utf16('utf16be')],
  ['utf16', utf16('utf16')],
  ['expand', expand],
  ['re', regex],
  ['i', flag('i')],
  ['ignorecase', flag('i')],
  ['m', flag('m')],
  ['multiline', flag('m')],
  ['s', flag('s')],
  ['dotall', flag('s')],
  ['cidr', cidr],
  ['lt', compare('lt')],
  ['lte', compare('lte')],
  ['gt', compare('gt')],
  ['gte', compare('gte')],
  ['exists', exists],
  ['fieldref', fieldref],
  ...(['minute', 'hour', 'day', 'week', 'month', 'year'] as const).map((part: TimePart): [string, Modifier] => [
    part,
    timepart(part),
  ]),
]);

/** Every modifier that exists, for suggestions and the linter. */
export const MODIFIER_NAMES: readonly string[] = ['all', 'neq', ...MODIFIERS.keys()];

/**
 * Applies an item's modifiers from left to right.
 * @throws Refused for a modifier that doesn't exist, doesn't fit its value or stands in the wrong place.
 */
export function applyModifiers(item: DraftItem, context: Context): void {
  const before: string[] = [];
  for (const written of orderOf(item.modifiers)) {
    const name = written.toLowerCase();
    if (name !== written && (MODIFIERS.has(name) || name === 'all' || name === 'neq')) {
      context.warn(
        'modifier-case',
        item.at,
        `the modifier ${quote(written)} isn't in lower case`,
        `write ${quote(name)}`,
      );
    }
    if (name === 'all') {
      if (item.values.length < 2) {
        const message = '`all` needs two values or more: with one it says nothing';
        context.warn('all-single', item.at, message, 'leave `all` out, or add the other values');
      }
      item.linking = 'all';
    } else if (name === 'neq') item.negated = true;
    else {
      const modifier = MODIFIERS.get(name);
      if (modifier === undefined) unknownModifier(written, item);
      const call: ModifierCall = { name, item, before, context };
      item.values = item.values.map((value) => modifier(value, call));
      before.push(name);
    }
  }
  const last = before.at(-1);
  if (last !== undefined && /^(?:wide|utf16(?:le|be)?|base64offset)$/.test(last) && !before.includes('contains')) {
    const mend = last === 'base64offset' ? 'add `contains`' : 'add `base64offset|contains`, or leave the encoding out';
    context.warn(
      'encode-plain',
      item.at,
      `${quote(last)} at the end asks for a field that is nothing but the encoded value`,
      mend,
    );
  }
}

/** `fieldref` goes first wherever it stands: `startswith|fieldref` and `fieldref|startswith` mean the same. */
function orderOf(modifiers: readonly string[]): readonly string[] {
  const at = modifiers.findIndex((name) => name.toLowerCase() === 'fieldref');
  return at <= 0 ? modifiers : [modifiers[at], ...modifiers.filter((_, index) => index !== at)];
}

function unknownModifier(name: string, item: DraftItem): never {
  const hint = suggestion(name, MODIFIER_NAMES);
  refuse(
    'modifier-unknown',
    item.at + Math.max(0, item.key.indexOf(`|${name}`) + 1),
    name === '' ? 'a modifier is missing behind `|`' : `there is no modifier ${quote(name)}`,
    hint === ''
      ? 'see the list of modifiers in the Sigma specification; a `|` in a field name is not possible'
      : hint.trim(),
  );
}
