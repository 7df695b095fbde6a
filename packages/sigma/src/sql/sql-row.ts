import { textOf } from '../evaluate/match-test.ts';
import { lookup } from '../event.ts';
import { numericValue } from '../number.ts';

/** An event as the SQL of `toClickHouse` reads it: columns `fields`, `numbers` and `raw`. */
export interface SqlRow {
  /** field → its values as text. A field that is there but holds only objects has no values; one that is null isn't there */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** field → its values that are numbers, or texts that stand for one */
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  readonly raw: string;
}

/** Values of no field that a rule could name (in arrays of arrays): only keywords look at them. */
const NAMELESS = '';
/** As deep as keywords look, and as arrays in arrays are looked into. */
const MAX_DEPTH = 64;
const MAX_ARRAY_DEPTH = 16;

/**
 * Flattens an event. Every path that a rule could name becomes a field, so that reading a field in SQL and `lookup` see
 * the same: `{ a: { b: 1 } }` has `a` (there, without a value) and `a.b`.
 */
export function sqlRow(fields: Readonly<Record<string, unknown>>, raw?: string): SqlRow {
  const paths = new Set<string>();
  collectPaths(fields, '', paths, 0);
  const texts: Record<string, string[]> = Object.create(null);
  const numbers: Record<string, number[]> = Object.create(null);
  const named = new Set<string>();
  for (const path of paths) {
    const found: string[] = [];
    const numeric: number[] = [];
    if (!collectScalars(lookup(fields, path), found, numeric, 0)) continue;
    texts[path] = found;
    for (const text of found) named.add(text);
    if (numeric.length > 0) numbers[path] = numeric;
  }
  const nameless = new Set<string>();
  visit(fields, 0, (text) => {
    if (!named.has(text)) nameless.add(text);
  });
  if (nameless.size > 0) texts[NAMELESS] = [...(texts[NAMELESS] ?? []), ...nameless];
  return { fields: texts, numbers, raw: (raw ?? '').toWellFormed() };
}

function collectPaths(value: object, prefix: string, paths: Set<string>, depth: number): void {
  if (depth >= MAX_DEPTH) return;
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix + key;
    paths.add(path.toWellFormed());
    if (inner === null || typeof inner !== 'object') continue;
    for (const one of Array.isArray(inner) ? inner : [inner]) {
      if (one !== null && typeof one === 'object' && !Array.isArray(one)) {
        collectPaths(one, `${path}.`, paths, depth + 1);
      }
    }
  }
}

/** Collects what a field's tests are tried on; false where the field counts as absent. */
function collectScalars(value: unknown, texts: string[], numbers: number[], depth: number): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) {
    if (depth >= MAX_ARRAY_DEPTH) return true;
    let present = false;
    for (const one of value) present = collectScalars(one, texts, numbers, depth + 1) || present;
    return present;
  }
  const text = textOf(value);
  if (text !== undefined) texts.push(text.toWellFormed());
  const number = numericValue(value);
  if (number !== undefined && Number.isFinite(number)) numbers.push(number);
  return true;
}

function visit(value: unknown, depth: number, found: (text: string) => void): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    const text = textOf(value);
    if (text !== undefined) found(text.toWellFormed());
    return;
  }
  if (depth >= MAX_DEPTH) return;
  for (const inner of Object.values(value)) visit(inner, depth + 1, found);
}
