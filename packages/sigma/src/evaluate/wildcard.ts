import type { PatternPart } from '../ast.ts';
import { fold } from '../fold.ts';

/*
 * A pattern is cut at its `*` into segments. The first must match at the start of the value, the last at its end (unless
 * a `*` stands there), and those between are each taken at the earliest place behind the one before: if a later choice
 * leads to a match, the earliest does too. So no choice is ever undone, and time is at most the product of the lengths.
 *
 *   *\cmd*.exe   segments: "\cmd" anywhere, then ".exe" at the end
 *
 * `?` is one character: a surrogate pair counts as one.
 */
type Atom = string | typeof ONE | typeof DASH;
type Segment = readonly Atom[];

const ONE = 1;
const DASH = 2;
const DASHES = '-/\u2013\u2014\u2015';

interface Pattern {
  readonly segments: readonly Segment[];
  readonly openStart: boolean;
  readonly openEnd: boolean;
}

const folded = new WeakMap<readonly PatternPart[], Pattern>();
const exact = new WeakMap<readonly PatternPart[], Pattern>();

/**
 * Matches a pattern against a whole text.
 * @returns where the part of the text lies that the pattern's own characters took, from and to (exclusive), in UTF-16
 *   units; undefined where the pattern doesn't match
 */
export function matchWildcard(
  parts: readonly PatternPart[],
  text: string,
  cased: boolean,
): [number, number] | undefined {
  const pattern = patternOf(parts, cased);
  return run(pattern, cased ? text : fold(text));
}

function patternOf(parts: readonly PatternPart[], cased: boolean): Pattern {
  const cache = cased ? exact : folded;
  let pattern = cache.get(parts);
  if (pattern === undefined) {
    pattern = compile(parts, cased);
    cache.set(parts, pattern);
  }
  return pattern;
}

function compile(parts: readonly PatternPart[], cased: boolean): Pattern {
  const segments: Atom[][] = [[]];
  for (const part of parts) {
    if (part.kind === 'any') segments.push([]);
    else
      segments[segments.length - 1].push(
        part.kind === 'text' ? (cased ? part.text : fold(part.text)) : part.kind === 'one' ? ONE : DASH,
      );
  }
  const openStart = segments.length > 1 && segments[0].length === 0;
  const openEnd = segments.length > 1 && segments[segments.length - 1].length === 0;
  return {
    segments: segments.length === 1 ? segments : segments.filter((segment) => segment.length > 0),
    openStart,
    openEnd,
  };
}

function run({ segments, openStart, openEnd }: Pattern, text: string): [number, number] | undefined {
  if (segments.length === 0) return [0, text.length];
  if (segments.length === 1 && !openStart && !openEnd) {
    return forward(segments[0], text, 0) === text.length ? [0, text.length] : undefined;
  }
  let next = 0;
  let from = -1;
  let at = 0;
  if (!openStart) {
    at = forward(segments[0], text, 0);
    if (at < 0) return undefined;
    from = 0;
    next = 1;
  }
  let end = segments.length;
  let tail = text.length;
  if (!openEnd) {
    tail = backward(segments[end - 1], text);
    if (tail < at) return undefined;
    end--;
  }
  for (; next < end; next++) {
    const start = find(segments[next], text, at);
    if (start < 0) return undefined;
    if (from < 0) from = start;
    at = forward(segments[next], text, start);
    if (at > tail) return undefined;
  }
  if (from < 0) from = tail;
  return [from, openEnd ? at : text.length];
}

/** Where a segment that begins at `at` ends, or -1. */
function forward(segment: Segment, text: string, at: number): number {
  let end = at;
  for (const atom of segment) {
    if (typeof atom === 'string') {
      if (!text.startsWith(atom, end)) return -1;
      end += atom.length;
    } else if (end >= text.length) return -1;
    else if (atom === DASH) {
      if (!DASHES.includes(text[end])) return -1;
      end++;
    } else end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  }
  return end;
}

/** Where a segment that ends at the end of the text begins, or -1. */
function backward(segment: Segment, text: string): number {
  let start = text.length;
  for (let i = segment.length - 1; i >= 0; i--) {
    const atom = segment[i];
    if (typeof atom === 'string') {
      if (!text.endsWith(atom, start)) return -1;
      start -= atom.length;
    } else if (start <= 0) return -1;
    else if (atom === DASH) {
      if (!DASHES.includes(text[start - 1])) return -1;
      start--;
    } else start -= start >= 2 && text.codePointAt(start - 2)! > 0xffff ? 2 : 1;
  }
  return start;
}

/** The earliest place from `at` on where a segment matches, or -1. */
function find(segment: Segment, text: string, at: number): number {
  const first = segment[0];
  if (typeof first === 'string') {
    for (let i = text.indexOf(first, at); i >= 0; i = text.indexOf(first, i + 1)) {
      if (segment.length === 1 || forward(segment, text, i) >= 0) return i;
    }
    return -1;
  }
  for (let i = at; i < text.length; i++) {
    if (forward(segment, text, i) >= 0) return i;
  }
  return -1;
}
