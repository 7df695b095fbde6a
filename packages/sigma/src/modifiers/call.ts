import { quote, refuse } from '../errors.ts';
import type { Context } from '../load/context.ts';
import { parseSigmaString } from './sigma-string.ts';
import type { DraftItem, StringValue, Value } from './value.ts';

/** What a modifier sees beside the value. */
export interface ModifierCall {
  readonly name: string;
  readonly item: DraftItem;
  /** names of the modifiers already applied, without `all` and `neq`, which go with everything */
  readonly before: readonly string[];
  readonly context: Context;
}

/** Refuses a value that a modifier can't take. */
export function misfit(value: Value, call: ModifierCall, wants: string): never {
  refuse(
    'modifier-type',
    value.at,
    `${quote(call.name)} needs ${wants}; ${quote(value.written)} is ${describe(value)}`,
    'change the value or leave the modifier out',
  );
}

function describe(value: Value): string {
  if (value.kind === 'string') return 'text';
  if (value.kind === 'regex') return 'a regular expression';
  if (value.kind === 'fieldref') return 'a field reference';
  return `a ${value.kind}`;
}

/** Applies to each alternative of a value that has become several. */
export function each(value: Value, apply: (one: Value) => Value): Value {
  return value.kind === 'expansion' ? { ...value, of: value.of.map(apply) } : apply(value);
}

/** Numbers and booleans are taken by their text where a modifier wants text: `|contains: 445`. */
export function asString(value: Value): StringValue | undefined {
  if (value.kind === 'string') return value;
  if (value.kind !== 'number' && value.kind !== 'boolean') return undefined;
  const { written, at } = value;
  return { kind: 'string', parts: parseSigmaString(written), cased: false, raw: written, written, at };
}
