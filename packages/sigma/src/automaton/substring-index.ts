/**
 * Which of many needles occur in a text, in one walk.
 *
 * Aho and Corasick's automaton over the 10,872 needles that SigmaHQ looks for in `CommandLine` would have some 170,000
 * states: 50 MB as a table, a cache miss for every character, and half a second to build. Instead every needle is filed
 * under one *gram* of its own, four characters packed into an int, chosen to be rare among all needles. The walk keeps
 * the last four characters in an int too, and asks a bitmap of a few KiB whether any needle is filed under it. Nearly
 * always not. Where one is, the needle is compared in full.
 *
 *     needles  \powershell.exe   -encodedcommand   \temp\        (`.exe`, `powe`, `comm` are common: not chosen)
 *     filed    `hell` at 6       `dedc` at 5       `temp` at 1
 *     text     …C:\Windows\Temp\a.exe -EncodedCommand…
 *     walk     `temp` → compare `\temp\` at -1: hit;  `dedc` → compare: hit;  every other position: one bit read
 *
 * Needles of two and three characters are filed under two, in a table of all pairs; single characters have a table of
 * their own. A short needle beyond ASCII fits neither, and is searched for plainly in texts that go beyond ASCII too. The
 * loads don't depend on one another as an automaton's do, so the processor overlaps them. All but the shortest texts are
 * copied to bytes first, which costs a tenth of what asking a string for each of its characters does.
 */
import { fold } from '../fold.ts';
import { copyAscii, GRAMS, PLACES, scanGoesOn, scanGrams, scanShort } from './byte-scan.ts';
import { type Filing, GramTable, SPREAD } from './gram-table.ts';
import { Hits } from './hits.ts';
import { MAX_PAIR_FILINGS, PAIR_BITS, type PairFiling, PairTable } from './pair-table.ts';
import { UNIT_FOLD } from './unit-fold.ts';

const GRAM = 4;
const ASCII = 0x80;
/** The tally of grams counts by hash, in a table of four entries a character, at most 2^18: exact enough to choose by. */
const MAX_LOG_TALLY = 18;
const NO_PAIRS = new PairTable([]);
const NO_SINGLES = new Int32Array(ASCII).fill(-1);

export class SubstringIndex {
  readonly hits: Hits;
  readonly #long: GramTable;
  readonly #pairs: PairTable;
  /** ASCII character → needle that is this character, or -1 */
  readonly #singles: Int32Array;
  /** short needles with characters beyond ASCII */
  readonly #odd: readonly { readonly text: string; readonly needle: number }[];
  /** whether all needles have four characters or more, which makes for a shorter loop */
  readonly #longOnly: boolean;
  /** all needles, one after the other, as code units */
  readonly #units: Uint16Array;
  readonly #start: Int32Array;

  /** @param needles distinct, already folded, none empty; a hit names the index here */
  constructor(needles: readonly string[]) {
    this.hits = new Hits(needles.length);
    this.#start = new Int32Array(needles.length + 1);
    let total = 0;
    for (let i = 0; i < needles.length; i++) {
      if (needles[i].length === 0) throw new TypeError('an empty needle occurs everywhere');
      this.#start[i] = total;
      total += needles[i].length;
    }
    this.#start[needles.length] = total;
    this.#units = new Uint16Array(total);
    for (let i = 0, at = 0; i < needles.length; i++) {
      for (let j = 0; j < needles[i].length; j++) this.#units[at++] = needles[i].charCodeAt(j);
    }
    const long: number[] = [];
    const short: number[] = [];
    const singles = NO_SINGLES.slice();
    const odd: { text: string; needle: number }[] = [];
    for (const [needle, text] of needles.entries()) {
      if (text.length >= GRAM) long.push(needle);
      else if (!isAscii(text) || short.length >= MAX_PAIR_FILINGS / 2) odd.push({ text, needle });
      else if (text.length > 1) short.push(needle);
      else singles[text.charCodeAt(0)] = needle;
    }
    this.#long = new GramTable(this.#fileLong(long));
    this.#pairs = short.length > 0 ? new PairTable(this.#fileShort(short)) : NO_PAIRS;
    this.#singles = singles;
    this.#odd = odd;
    this.#longOnly = long.length === needles.length;
  }

  /** Files each needle under the gram that fewest needles contain, and among those the least used so far. */
  #fileLong(needles: readonly number[]): Filing[] {
    const logTally = Math.min(MAX_LOG_TALLY, Math.ceil(Math.log2(this.#units.length * 4 + 1)));
    const bucket = (gram: number) => Math.imul(gram, SPREAD) >>> (32 - logTally);
    const tally = new Uint32Array(1 << logTally);
    for (const needle of needles) this.#eachGram(needle, (gram) => tally[bucket(gram)]++);
    const load = new Uint32Array(1 << logTally);
    return needles.map((needle) => {
      let best = 0;
      let bestBack = 0;
      let cost = Number.POSITIVE_INFINITY;
      this.#eachGram(needle, (gram, back) => {
        const price = tally[bucket(gram)] + load[bucket(gram)] * 4;
        if (price < cost) {
          cost = price;
          best = gram;
          bestBack = back;
        }
      });
      load[bucket(best)]++;
      return { gram: best, needle, back: bestBack };
    });
  }

  #eachGram(needle: number, visit: (gram: number, back: number) => void): void {
    const start = this.#start[needle];
    const length = this.#start[needle + 1] - start;
    let packed = 0;
    for (let i = 0; i < length; i++) {
      packed = (packed << 8) | squeeze(this.#units[start + i]);
      if (i >= GRAM - 1) visit(packed, i);
    }
  }

  /** Of a needle of three characters, the pair with the rarer second letter: not a letter or digit, if there is one. */
  #fileShort(needles: readonly number[]): PairFiling[] {
    return needles.map((needle) => {
      const start = this.#start[needle];
      const length = this.#start[needle + 1] - start;
      const unit = (i: number) => this.#units[start + i];
      const at = length === 3 && rarity(unit(1)) + rarity(unit(2)) > rarity(unit(0)) + rarity(unit(1)) ? 1 : 0;
      const pair = { first: unit(at), second: unit(at + 1), needle };
      if (length === 2) return { ...pair, third: -1, offset: 0 };
      return at === 0 ? { ...pair, third: unit(2), offset: 1 } : { ...pair, third: unit(0), offset: -2 };
    });
  }

  /** Fills `hits` with the needles that occur in the text, whatever its case. */
  walk(text: string): void {
    this.hits.clear();
    if (copyAscii(text)) this.#walkCopy(text);
    else if (this.#longOnly) this.#walkLong(text);
    else this.#walkAll(text);
  }

  /** The walk over a text of which `copyAscii` has made a copy. */
  #walkCopy(text: string): void {
    const { bits, shift } = this.#long;
    const length = text.length;
    for (let from = 0, count = -1; count < 0 || scanGoesOn(count); from = PLACES[count - 1] + 1) {
      count = scanGrams(from, length, bits, shift);
      for (let i = 0; i < count; i++) this.#probe(GRAMS[i], text, PLACES[i]);
    }
    if (this.#longOnly) return;
    const { heads } = this.#pairs;
    const singles = this.#singles;
    for (let from = 0, count = -1; count < 0 || scanGoesOn(count); from = PLACES[count - 1] + 1) {
      count = scanShort(from, length, heads, singles);
      for (let i = 0; i < count; i++) {
        const single = singles[GRAMS[i] & (ASCII - 1)];
        if (single >= 0) this.hits.add(single);
        const head = heads[GRAMS[i]];
        if (head !== 0 && PLACES[i] > 0) this.#probePair(head - 1, text, PLACES[i]);
      }
    }
  }

  #walkLong(text: string): void {
    const { bits, shift } = this.#long;
    const length = text.length;
    let packed = 0;
    for (let i = 0; i < length; i++) {
      const unit = UNIT_FOLD[text.charCodeAt(i)];
      packed = (packed << 8) | (unit < ASCII ? unit : squeeze(unit));
      const bit = Math.imul(packed, SPREAD) >>> shift;
      if ((bits[bit >>> 5] >>> (bit & 31)) & 1) this.#probe(packed, text, i);
    }
  }

  #walkAll(text: string): void {
    const hits = this.hits;
    const { bits, shift } = this.#long;
    const heads = this.#pairs.heads;
    const singles = this.#singles;
    const length = text.length;
    let packed = 0;
    let beyond = 0;
    for (let i = 0; i < length; i++) {
      const unit = UNIT_FOLD[text.charCodeAt(i)];
      if (unit >= ASCII) {
        beyond = 1;
        packed = (packed << 8) | squeeze(unit);
      } else {
        if (singles[unit] >= 0) hits.add(singles[unit]);
        const before = packed & 0xff;
        if (before < ASCII && i > 0) {
          const head = heads[(before << PAIR_BITS) | unit];
          if (head !== 0) this.#probePair(head - 1, text, i);
        }
        packed = (packed << 8) | unit;
      }
      const bit = Math.imul(packed, SPREAD) >>> shift;
      if ((bits[bit >>> 5] >>> (bit & 31)) & 1) this.#probe(packed, text, i);
    }
    if (beyond === 1 && this.#odd.length > 0) this.#searchOdd(text);
  }

  #probePair(from: number, text: string, at: number): void {
    const filings = this.#pairs.filings;
    const hits = this.hits;
    for (let filing = from * 3; filings[filing] >= 0; filing += 3) {
      const third = filings[filing + 1];
      const place = at + filings[filing + 2];
      if (third < 0 || (place >= 0 && place < text.length && UNIT_FOLD[text.charCodeAt(place)] === third)) {
        hits.add(filings[filing]);
      }
    }
  }

  #probe(gram: number, text: string, at: number): void {
    const long = this.#long;
    const slots = long.slots;
    let slot = (Math.imul(gram, SPREAD) >>> long.slotShift) * 3;
    while (slots[slot] !== gram || slots[slot + 2] === 0) {
      if (slots[slot + 2] === 0) return;
      slot = slot + 3 === slots.length ? 0 : slot + 3;
    }
    const filings = long.filings;
    const to = slots[slot + 2] * 2;
    for (let filing = slots[slot + 1] * 2; filing < to; filing += 2) {
      const needle = filings[filing];
      if (!this.hits.has(needle) && this.#occurs(needle, text, at - filings[filing + 1])) this.hits.add(needle);
    }
  }

  #occurs(needle: number, text: string, from: number): boolean {
    const start = this.#start[needle];
    const length = this.#start[needle + 1] - start;
    if (from < 0 || from + length > text.length) return false;
    const units = this.#units;
    for (let i = 0; i < length; i++) {
      if (UNIT_FOLD[text.charCodeAt(from + i)] !== units[start + i]) return false;
    }
    return true;
  }

  #searchOdd(text: string): void {
    const folded = fold(text);
    for (const { text: sought, needle } of this.#odd) if (folded.includes(sought)) this.hits.add(needle);
  }
}

/** A code unit in eight bits: ASCII as it is, others share the upper half. The comparison in full tells them apart. */
function squeeze(unit: number): number {
  return unit < ASCII ? unit : ASCII | (unit & 0x7f);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= ASCII) return false;
  return true;
}

/** Letters, digits and the space are everywhere, other characters are not. */
function rarity(unit: number): number {
  return /[a-z0-9 ]/.test(String.fromCharCode(unit)) ? 0 : 1;
}
