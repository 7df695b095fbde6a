import { quote, refuse } from '../errors.ts';
import { formatNetwork, parseNetwork } from '../evaluate/address.ts';
import { numericText } from '../number.ts';
import { asString, type ModifierCall, misfit } from './call.ts';
import { literalText } from './sigma-string.ts';
import type { CompareOp, TimePart, Value } from './value.ts';

/** Refuses a modifier that stands behind others where it must be the first. */
function mustBeFirst(value: Value, call: ModifierCall): void {
  if (call.before.length === 0) return;
  refuse(
    'modifier-order',
    value.at,
    `${quote(call.name)} must come first; here it stands behind ${quote(call.before.join('|'))}`,
    `put ${quote(call.name)} directly behind the field name`,
  );
}

function mustHaveField(value: Value, call: ModifierCall): void {
  if (call.item.field !== null) return;
  refuse(
    'modifier-type',
    value.at,
    `${quote(call.name)} needs a field; keywords have none`,
    'put a field name before it',
  );
}

export function cidr(value: Value, call: ModifierCall): Value {
  mustBeFirst(value, call);
  mustHaveField(value, call);
  const text = value.kind === 'string' ? literalText(value.parts) : undefined;
  const network = text === undefined ? undefined : parseNetwork(text.trim());
  if (network === undefined) {
    refuse(
      'cidr-invalid',
      value.at,
      `${quote(value.written)} isn't a network`,
      'write an address and a prefix, such as `10.0.0.0/8` or `fe80::/10`',
    );
  }
  const canonical = formatNetwork(network);
  if (!network.exact) {
    const message = `${quote(value.written)} has bits set beyond its prefix; it is taken as ${quote(canonical)}`;
    call.context.warn('cidr-host-bits', value.at, message, `write ${quote(canonical)}`);
  }
  return { kind: 'cidr', network: canonical, written: value.written, at: value.at };
}

/** lt, lte, gt, gte on a number or on a part of a time */
export function compare(op: CompareOp) {
  return (value: Value, call: ModifierCall): Value => {
    const { written, at } = value;
    mustHaveField(value, call);
    if (value.kind === 'timepart') return { ...value, op };
    if (value.kind === 'number') return { kind: 'compare', op, value: value.value, written, at };
    const text = asString(value);
    const number = text === undefined ? undefined : numericText(text.raw.trim());
    if (number === undefined) misfit(value, call, 'a number');
    call.context.warn('compare-text', at, `the number ${quote(written)} stands in quotes`, 'write it without quotes');
    return { kind: 'compare', op, value: number, written, at };
  };
}

export function exists(value: Value, call: ModifierCall): Value {
  mustBeFirst(value, call);
  mustHaveField(value, call);
  const { written, at } = value;
  if (value.kind === 'boolean') return { kind: 'exists', present: value.value, written, at };
  if (value.kind === 'string' && /^(?:true|false|yes|no)$/i.test(value.raw)) {
    return { kind: 'exists', present: /^(?:true|yes)$/i.test(value.raw), written, at };
  }
  misfit(value, call, '`true` or `false`');
}

export function fieldref(value: Value, call: ModifierCall): Value {
  mustBeFirst(value, call);
  mustHaveField(value, call);
  const text = value.kind === 'string' ? literalText(value.parts) : undefined;
  if (text === undefined || text === '') misfit(value, call, 'the name of a field, without wildcards');
  const { written, at } = value;
  return { kind: 'fieldref', field: text, startswith: false, endswith: false, cased: false, written, at };
}

const RANGES: Readonly<Record<TimePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [0, 9999],
};

/** minute, hour, day, week (ISO 8601), month, year */
export function timepart(part: TimePart) {
  return (value: Value, call: ModifierCall): Value => {
    mustBeFirst(value, call);
    mustHaveField(value, call);
    const text = asString(value);
    const number = value.kind === 'number' ? value.value : text === undefined ? undefined : numericText(text.raw);
    const [low, high] = RANGES[part];
    if (number === undefined || !Number.isInteger(number) || number < low || number > high) {
      misfit(value, call, `a whole number from ${low} to ${high}`);
    }
    return { kind: 'timepart', part, op: 'eq', value: number, written: value.written, at: value.at };
  };
}
