import type { Node, PatternPart, Span, Test } from '../ast.ts';
import { quote, refuse } from '../errors.ts';
import { keepRegex } from '../evaluate/regex-of.ts';
import { compileRegex } from '../modifiers/regex.ts';
import { addWildcards, literalText, mergeParts } from '../modifiers/sigma-string.ts';
import type { DraftItem, DraftNode, Value } from '../modifiers/value.ts';
import { integerText } from '../number.ts';
import type { Context } from './context.ts';

/**
 * Freezes drafts into the tree of `ast.ts`. Here a value becomes a test: keywords get a wildcard at both ends, a plain
 * whole number in quotes becomes a number (so that `0x17` and `23` stay alike), regular expressions are compiled once
 * to see that they can be.
 */
export function lower(draft: DraftNode, context: Context): Node {
  if (draft.kind === 'item') return lowerItem(draft, context);
  return link(
    draft.linking,
    draft.of.map((node) => lower(node, context)),
    context.source.span(draft.at),
  );
}

function link(kind: 'all' | 'any', of: readonly Node[], span: Span): Node {
  return of.length === 1 ? of[0] : Object.freeze({ kind, of: Object.freeze(of), span });
}

function lowerItem(item: DraftItem, context: Context): Node {
  const span = context.source.span(item.at);
  const node =
    item.values.length === 0
      ? itemNode(item, '[]', { kind: 'null' }, span)
      : link(
          item.linking,
          item.values.map((value) => lowerValue(item, value, context)),
          span,
        );
  return item.negated ? Object.freeze({ kind: 'not', of: node, span }) : node;
}

function itemNode(item: DraftItem, written: string, test: Test, span: Span): Node {
  return Object.freeze({ kind: 'item', field: item.field, key: item.key, written, test: Object.freeze(test), span });
}

function lowerValue(item: DraftItem, value: Value, context: Context): Node {
  const span = context.source.span(value.at);
  if (value.kind === 'expansion') {
    return link(
      'any',
      value.of.map((one) => lowerValue(item, one, context)),
      span,
    );
  }
  return itemNode(item, value.written, lowerTest(item, value, context), span);
}

function lowerTest(item: DraftItem, value: Exclude<Value, { kind: 'expansion' }>, context: Context): Test {
  switch (value.kind) {
    case 'string':
      return lowerString(item, value);
    case 'regex':
      return lowerRegex(value, context);
    case 'number':
    case 'boolean':
      if (item.field === null) return keyword([{ kind: 'text', text: value.written }], false);
      return value.kind === 'number' ? { kind: 'number', value: value.value } : { kind: 'boolean', value: value.value };
    case 'fieldref': {
      const { field, cased } = value;
      return { kind: 'fieldref', field, op: fieldrefOp(value.startswith, value.endswith), cased };
    }
    case 'timepart':
      return { kind: 'timepart', part: value.part, op: value.op, value: value.value };
    case 'compare':
      return { kind: 'compare', op: value.op, value: value.value };
    case 'cidr':
      return { kind: 'cidr', network: value.network };
    case 'exists':
      return { kind: 'exists', present: value.present };
    case 'null':
      return { kind: 'null' };
  }
}

function fieldrefOp(startswith: boolean, endswith: boolean): 'equals' | 'startswith' | 'endswith' | 'contains' {
  if (startswith) return endswith ? 'contains' : 'startswith';
  return endswith ? 'endswith' : 'equals';
}

function lowerString(item: DraftItem, value: Extract<Value, { kind: 'string' }>): Test {
  const merged = mergeParts(value.parts);
  const parts: PatternPart[] = [];
  for (const part of merged) {
    if (part.kind === 'placeholder') unresolved(part.name, value.at);
    parts.push(part);
  }
  if (item.field === null) return keyword(parts, value.cased);
  const literal = value.cased ? undefined : literalText(parts);
  const number = literal === undefined ? undefined : integerText(literal);
  return number === undefined ? pattern(parts, value.cased) : { kind: 'number', value: number };
}

/** A keyword stands anywhere in a value. */
function keyword(parts: readonly PatternPart[], cased: boolean): Test {
  return pattern(addWildcards(parts, true, true) as PatternPart[], cased);
}

function pattern(parts: PatternPart[], cased: boolean): Test {
  for (const part of parts) Object.freeze(part);
  return { kind: 'pattern', parts: Object.freeze(parts), cased };
}

function lowerRegex(value: Extract<Value, { kind: 'regex' }>, context: Context): Test {
  let source = '';
  for (const part of value.parts) {
    if (part.kind === 'placeholder') unresolved(part.name, value.at);
    source += part.text;
  }
  const result = compileRegex(source, value.flags);
  if (!result.ok) {
    const at = source === value.written ? context.source.placeIn(value.at, source, result.offset) : value.at;
    refuse(result.code, at, result.message, result.mend);
  }
  const test: Extract<Test, { kind: 'regex' }> = { kind: 'regex', source, flags: value.flags };
  keepRegex(test, result.regex);
  return test;
}

function unresolved(name: string, at: number): never {
  refuse(
    'placeholder-unresolved',
    at,
    `nothing gives values for the placeholder ${quote(`%${name}%`)}`,
    `give values for ${quote(name)} in the placeholders, or in a pipeline's \`vars\` with \`value_placeholders\``,
  );
}
