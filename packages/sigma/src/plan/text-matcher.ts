/**
 * All patterns and regular expressions of one field, asked of a text at once. Each is filed under the longest literal
 * that it can't match without: at the start, at the end or anywhere; those without one are asked every time. A pattern
 * that is nothing but its literal holds on the hit; any other is looked at in full.
 */
import type { PatternPart } from '../ast.ts';
import { type Anchored, AnchoredTrie } from '../automaton/anchored-trie.ts';
import { Hits } from '../automaton/hits.ts';
import { SubstringIndex } from '../automaton/substring-index.ts';
import { matchWildcard } from '../evaluate/wildcard.ts';
import { fold } from '../fold.ts';
import { regexGuard } from '../regex/regex-guard.ts';
import { plainVariants } from './plain-variants.ts';

/** What a text has to pass beside having the literal. */
interface Check {
  matches(text: string): boolean;
}

/** A check as filed: the same one under every literal that calls for it. */
interface FiledCheck {
  /** tells the checks of one matcher apart; a test may have several */
  readonly id: number;
  readonly number: number;
  readonly check: Check;
}

/** One test on a text, by the number its owner knows it by. */
export type TextTest =
  | {
      readonly kind: 'pattern';
      readonly number: number;
      readonly parts: readonly PatternPart[];
      readonly cased: boolean;
    }
  | { readonly kind: 'regex'; readonly number: number; readonly source: string; readonly check: Check };

type Place = 'start' | 'end' | 'whole' | 'inside';

/** What is filed under one literal. */
interface Filed {
  /** tests that hold on the hit */
  readonly holds: number[];
  /** tests to look at in full */
  readonly checks: FiledCheck[];
}

/** By the number of a literal: what is filed under it. */
interface Files {
  readonly all: readonly Filed[];
  /** the test, where it is the only one and holds on the hit; else -1. Most literals are like that */
  readonly sole: Int32Array;
}

const NOT_ASCII = /[^\0-\x7f]/;

export class TextMatcher {
  readonly #starts: AnchoredTrie | undefined;
  readonly #startFiles: Files;
  readonly #ends: AnchoredTrie | undefined;
  readonly #endFiles: Files;
  readonly #inside: SubstringIndex | undefined;
  readonly #insideFiles: Files;
  /** asked of every text */
  readonly #always: Filed = { holds: [], checks: [] };
  /**
   * Expressions filed under literals, asked of every text beyond ASCII: RE2 knows letters that equal an ASCII one
   * without case (`ſ` and `s`) and that `fold` keeps apart.
   */
  readonly #foreign: Filed = { holds: [], checks: [] };
  /** a text shorter than this passes no test */
  least = Number.POSITIVE_INFINITY;
  #checks = 0;
  /** checks made already: an expression may be filed under many literals of one text */
  readonly #tried: Hits;

  constructor(tests: readonly TextTest[]) {
    const starts = new Map<string, Filed & Anchored>();
    const ends = new Map<string, Filed & Anchored>();
    const inside = new Map<string, Filed>();
    const file = (place: Place, literal: string): Filed => {
      if (place === 'inside') return filed(inside, literal, { holds: [], checks: [] });
      const whole = place === 'whole';
      const anchored = { text: literal, whole, holds: [], checks: [] };
      return filed(place === 'end' ? ends : starts, (whole ? '=' : '^') + literal, anchored);
    };
    for (const test of tests) this.#add(test, file);
    this.#tried = new Hits(this.#checks);
    this.#startFiles = files(starts);
    this.#starts = starts.size > 0 ? new AnchoredTrie([...starts.values()], false) : undefined;
    this.#endFiles = files(ends);
    this.#ends = ends.size > 0 ? new AnchoredTrie([...ends.values()], true) : undefined;
    this.#insideFiles = files(inside);
    this.#inside = inside.size > 0 ? new SubstringIndex([...inside.keys()]) : undefined;
  }

  #add(test: TextTest, file: (place: Place, literal: string) => Filed): void {
    if (test.kind === 'regex') this.#addRegex(test, file);
    else for (const parts of plainVariants(test.parts)) this.#addPattern(parts, test, file);
  }

  #addRegex(test: TextTest & { kind: 'regex' }, file: (place: Place, literal: string) => Filed): void {
    const { literals, length } = regexGuard(test.source);
    const { number } = test;
    this.least = Math.min(this.least, length);
    const check = { matches: (text: string) => text.length >= length && test.check.matches(text) };
    const filed = { id: this.#checks++, number, check };
    for (const literal of literals ?? []) file('inside', literal).checks.push(filed);
    (literals === undefined ? this.#always : this.#foreign).checks.push(filed);
  }

  #addPattern(
    parts: readonly PatternPart[],
    { number, cased }: TextTest & { kind: 'pattern' },
    file: (place: Place, literal: string) => Filed,
  ): void {
    this.least = Math.min(this.least, shortest(parts));
    if (parts.length === 1 && parts[0].kind === 'any') {
      this.#always.holds.push(number);
      return;
    }
    const key = longestPiece(parts);
    const target = key === undefined ? this.#always : file(key.place, key.literal);
    if (key?.alone && !cased) target.holds.push(number);
    else {
      const check = { matches: (text: string) => matchWildcard(parts, text, cased) !== undefined };
      target.checks.push({ id: this.#checks++, number, check });
    }
  }

  /** Whether `mayMatch` can say more than yes: all tests need a literal that may stand anywhere. */
  get screens(): boolean {
    const { holds, checks } = this.#always;
    return this.#starts === undefined && this.#ends === undefined && holds.length === 0 && checks.length === 0;
  }

  /** Whether any of the texts that were joined to this one may pass a test; false only where none does. */
  mayMatch(joined: string): boolean {
    if (!this.screens || this.#inside === undefined) return true;
    this.#inside.walk(joined);
    return this.#inside.hits.count > 0 || (this.#foreign.checks.length > 0 && NOT_ASCII.test(joined));
  }

  /** Adds to `truth` the tests that hold of the text. */
  match(text: string, truth: Hits): void {
    this.#tried.clear();
    if (this.#inside !== undefined) {
      this.#inside.walk(text);
      this.#collect(this.#inside.hits, this.#insideFiles, text, truth);
    }
    if (this.#starts !== undefined) {
      this.#starts.walk(text);
      this.#collect(this.#starts.hits, this.#startFiles, text, truth);
    }
    if (this.#ends !== undefined) {
      this.#ends.walk(text);
      this.#collect(this.#ends.hits, this.#endFiles, text, truth);
    }
    this.#apply(this.#always, text, truth);
    if (this.#foreign.checks.length > 0 && NOT_ASCII.test(text)) this.#apply(this.#foreign, text, truth);
  }

  #collect(hits: Hits, { sole, all }: Files, text: string, truth: Hits): void {
    const { list, count } = hits;
    for (let i = 0; i < count; i++) {
      const literal = list[i];
      if (sole[literal] >= 0) truth.add(sole[literal]);
      else this.#apply(all[literal], text, truth);
    }
  }

  #apply(filed: Filed, text: string, truth: Hits): void {
    const { holds, checks } = filed;
    for (let i = 0; i < holds.length; i++) truth.add(holds[i]);
    for (let i = 0; i < checks.length; i++) {
      const { id, number, check } = checks[i];
      if (truth.has(number) || this.#tried.has(id)) continue;
      this.#tried.add(id);
      if (check.matches(text)) truth.add(number);
    }
  }
}

function files(map: ReadonlyMap<string, Filed>): Files {
  const all = [...map.values()];
  const sole = Int32Array.from(all, ({ holds, checks }) => (holds.length === 1 && checks.length === 0 ? holds[0] : -1));
  return { all, sole };
}

function filed<F extends Filed>(map: Map<string, F>, key: string, fresh: F): F {
  const known = map.get(key);
  if (known !== undefined) return known;
  map.set(key, fresh);
  return fresh;
}

/** The length of the shortest text that a pattern matches. */
function shortest(parts: readonly PatternPart[]): number {
  let length = 0;
  for (const part of parts) length += part.kind === 'text' ? part.text.length : part.kind === 'any' ? 0 : 1;
  return length;
}

/** The longest text of a pattern and where it lies; `alone`: the pattern asks nothing else. */
function longestPiece(
  parts: readonly PatternPart[],
): { readonly place: Place; readonly literal: string; readonly alone: boolean } | undefined {
  if (parts.length === 0) return { place: 'whole', literal: '', alone: true };
  let at = -1;
  let length = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text' && part.text.length > length) {
      at = index;
      length = part.text.length;
    }
  }
  const piece = parts[at];
  if (piece?.kind !== 'text') return undefined;
  const first = at === 0;
  const last = at === parts.length - 1;
  const before = first || (at === 1 && parts[0].kind === 'any');
  const after = last || (at === parts.length - 2 && parts[at + 1].kind === 'any');
  const place = first ? (last ? 'whole' : 'start') : last ? 'end' : 'inside';
  return { place, literal: fold(piece.text), alone: before && after };
}
