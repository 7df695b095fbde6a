import type { Test } from '../ast.ts';
import type { EventAccess } from '../event.ts';
import { fold } from '../fold.ts';
import { numericValue } from '../number.ts';
import { type Address, contains, type Network, parseAddress, parseNetwork } from './address.ts';
import { regexOf } from './regex-of.ts';
import { timePart } from './timestamp.ts';
import { matchWildcard } from './wildcard.ts';

/** Depth to which arrays in arrays are looked into. */
const MAX_DEPTH = 16;

/**
 * Whether a value of an event passes a test. An array passes where any of its elements does. `null` and
 * `exists: false` hold exactly where there is no value at all: absent, null, or an array of nothing else.
 * @param event reaches other fields, for `fieldref`
 * @param fields maps a rule's field name to the source's own
 */
export function matchTest(
  test: Test,
  value: unknown,
  event: EventAccess,
  fields?: Readonly<Record<string, string>>,
): boolean {
  if (test.kind === 'null') return !isPresent(value, 0);
  if (test.kind === 'exists') return isPresent(value, 0) === test.present;
  return anyElement(value, 0, (scalar) => matchScalar(test, scalar, event, fields));
}

/** Whether a field holds anything. */
export function isPresent(value: unknown, depth: number): boolean {
  if (value === null || value === undefined) return false;
  if (!Array.isArray(value) || depth >= MAX_DEPTH) return true;
  return value.some((element) => isPresent(element, depth + 1));
}

/** Tries a value or, for an array, each of its elements. */
export function anyElement(value: unknown, depth: number, matches: (scalar: unknown) => boolean): boolean {
  if (value === null || value === undefined) return false;
  if (!Array.isArray(value)) return matches(value);
  return depth < MAX_DEPTH && value.some((element) => anyElement(element, depth + 1, matches));
}

/** Whether one value, neither array nor null, passes a test. */
export function matchScalar(
  test: Test,
  value: unknown,
  event: EventAccess,
  fields?: Readonly<Record<string, string>>,
): boolean {
  switch (test.kind) {
    case 'pattern': {
      const text = textOf(value);
      return text !== undefined && matchWildcard(test.parts, text, test.cased) !== undefined;
    }
    case 'number':
      return numericValue(value) === test.value;
    case 'boolean':
      return value === test.value || (typeof value === 'string' && value.toLowerCase() === String(test.value));
    case 'regex': {
      const text = textOf(value);
      return text !== undefined && regexOf(test).test(text);
    }
    case 'cidr': {
      const address = typeof value === 'string' ? parseAddress(value.trim()) : undefined;
      return address !== undefined && inNetwork(test, address);
    }
    case 'compare': {
      const number = numericValue(value);
      return number !== undefined && compareNumbers(number, test.op, test.value);
    }
    case 'timepart': {
      const part = timePart(value, test.part);
      return part !== undefined && compareNumbers(part, test.op, test.value);
    }
    case 'fieldref': {
      const other = event.get(fields?.[test.field] ?? test.field);
      return anyElement(other, 0, (scalar) => matchReference(test, value, scalar));
    }
    case 'null':
      return false;
    case 'exists':
      return test.present;
  }
}

/** A scalar as the text that patterns are tried on; objects have none. */
export function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return value instanceof Date ? value.toISOString() : undefined;
  }
}

function compareNumbers(a: number, op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte', b: number): boolean {
  switch (op) {
    case 'eq':
      return a === b;
    case 'lt':
      return a < b;
    case 'lte':
      return a <= b;
    case 'gt':
      return a > b;
    case 'gte':
      return a >= b;
  }
}

function matchReference(test: Extract<Test, { kind: 'fieldref' }>, value: unknown, other: unknown): boolean {
  if (test.op === 'equals') {
    // 4 and 0x4 are the same number here too
    const number = numericValue(value);
    if (number !== undefined && number === numericValue(other)) return true;
  }
  let left = textOf(value);
  let right = textOf(other);
  if (left === undefined || right === undefined) return false;
  if (!test.cased) {
    left = fold(left);
    right = fold(right);
  }
  if (test.op === 'equals') return left === right;
  if (test.op === 'startswith') return left.startsWith(right);
  return test.op === 'endswith' ? left.endsWith(right) : left.includes(right);
}

const networks = new WeakMap<Test, Network>();

function inNetwork(test: Extract<Test, { kind: 'cidr' }>, address: Address): boolean {
  let network = networks.get(test);
  if (network === undefined) {
    network = parseNetwork(test.network);
    if (network === undefined) throw new TypeError(`not a network: ${test.network}`);
    networks.set(test, network);
  }
  return contains(network, address);
}
