/**
 * Which of many needles occur in a text, in one walk.
 *
 * Aho and Corasick's automaton over the 10,872 needles that SigmaHQ looks for in `CommandLine` would have some 170,000
 * states: 50 MB as a table, a cache miss for every character, and half a second to build. Instead every needle is filed under one
 * *gram* of its own, four characters packed into an int, chosen to be rare among all needles. The walk keeps the last
 * four characters in an int too, and asks a bitmap of a few KiB whether any needle is filed under it. Nearly always
 * not. Where one is, the needle is compared in full.
 *
 *     needles  \powershell.exe   -encodedcommand   \temp\        (`.exe`, `powe`, `comm` are common: not chosen)
 *     filed    `hell` at 6       `dedc` at 5       `temp` at 1
 *     text     …C:\Windows\Temp\a.exe -EncodedCommand…
 *     walk     `temp` → compare `\temp\` at -1: hit;  `dedc` → compare: hit;  every other position: one bit read
 *
 * Needles of two and three characters are filed under two characters in a second table; single characters are looked
 * up in a second walk, in the few fields that ask for any. The loads don't depend on one another as an automaton's do, so the processor overlaps them.
 */
import { type Filing, GramTable, SPREAD } from './gram-table.ts';
import { Hits } from './hits.ts';
import { UNIT_FOLD } from './unit-fold.ts';

const GRAM = 4;
/** The tally of grams counts by hash, in a table of four entries a character, at most 2^18: exact enough to choose by. */
const MAX_LOG_TALLY = 18;

export class SubstringIndex {
  readonly hits: Hits;
  readonly #long: GramTable | undefined;
  readonly #short: GramTable | undefined;
  readonly #singles: Map<number, number> | undefined;
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
    const singles = new Map<number, number>();
    for (let i = 0; i < needles.length; i++) {
      if (needles[i].length >= GRAM) long.push(i);
      else if (needles[i].length > 1) short.push(i);
      else singles.set(needles[i].charCodeAt(0), i);
    }
    this.#long = long.length > 0 ? new GramTable(this.#file(long, GRAM)) : undefined;
    this.#short = short.length > 0 ? new GramTable(this.#file(short, 2)) : undefined;
    this.#singles = singles.size > 0 ? singles : undefined;
  }

  /** Files each needle under the gram that fewest needles contain, and among those the least used so far. */
  #file(needles: readonly number[], width: number): Filing[] {
    const logTally = Math.min(MAX_LOG_TALLY, Math.ceil(Math.log2(this.#units.length * 4)));
    const bucket = (gram: number) => Math.imul(gram, SPREAD) >>> (32 - logTally);
    const tally = new Uint32Array(1 << logTally);
    for (const needle of needles) this.#eachGram(needle, width, (gram) => tally[bucket(gram)]++);
    const load = new Uint32Array(1 << logTally);
    return needles.map((needle) => {
      let best = 0;
      let bestBack = 0;
      let cost = Number.POSITIVE_INFINITY;
      this.#eachGram(needle, width, (gram, back) => {
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

  #eachGram(needle: number, width: number, visit: (gram: number, back: number) => void): void {
    const start = this.#start[needle];
    const length = this.#start[needle + 1] - start;
    const mask = width === GRAM ? -1 : 0xffff;
    let packed = 0;
    for (let i = 0; i < length; i++) {
      packed = (packed << 8) | squeeze(this.#units[start + i]);
      if (i >= width - 1) visit(packed & mask, i);
    }
  }

  /** Fills `hits` with the needles that occur in the text, whatever its case. */
  walk(text: string): void {
    this.hits.clear();
    const long = this.#long;
    const short = this.#short;
    if (long !== undefined && short !== undefined) this.#walkBoth(text, long, short);
    else if (long !== undefined) this.#walkOne(text, long, -1);
    else if (short !== undefined) this.#walkOne(text, short, 0xffff);
    if (this.#singles !== undefined) this.#walkSingles(text, this.#singles);
  }

  #walkBoth(text: string, long: GramTable, short: GramTable): void {
    const longBits = long.bits;
    const longShift = long.shift;
    const shortBits = short.bits;
    const shortShift = short.shift;
    let packed = 0;
    for (let i = 0; i < text.length; i++) {
      packed = (packed << 8) | squeeze(UNIT_FOLD[text.charCodeAt(i)]);
      const longBit = Math.imul(packed, SPREAD) >>> longShift;
      if ((longBits[longBit >>> 5] >>> (longBit & 31)) & 1) this.#probe(long, packed, text, i);
      const pair = packed & 0xffff;
      const shortBit = Math.imul(pair, SPREAD) >>> shortShift;
      if ((shortBits[shortBit >>> 5] >>> (shortBit & 31)) & 1) this.#probe(short, pair, text, i);
    }
  }

  #walkOne(text: string, table: GramTable, mask: number): void {
    const bits = table.bits;
    const shift = table.shift;
    let packed = 0;
    for (let i = 0; i < text.length; i++) {
      packed = ((packed << 8) | squeeze(UNIT_FOLD[text.charCodeAt(i)])) & mask;
      const bit = Math.imul(packed, SPREAD) >>> shift;
      if ((bits[bit >>> 5] >>> (bit & 31)) & 1) this.#probe(table, packed, text, i);
    }
  }

  #walkSingles(text: string, singles: Map<number, number>): void {
    for (let i = 0; i < text.length; i++) {
      const needle = singles.get(UNIT_FOLD[text.charCodeAt(i)]);
      if (needle !== undefined) this.hits.add(needle);
    }
  }

  #probe(table: GramTable, gram: number, text: string, at: number): void {
    const entry = table.find(gram);
    if (entry < 0) return;
    const to = table.to(entry);
    const filings = table.filings;
    for (let filing = table.from(entry); filing < to; filing++) {
      const needle = filings[filing * 2];
      if (!this.hits.has(needle) && this.#occurs(needle, text, at - filings[filing * 2 + 1])) this.hits.add(needle);
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
}

/** A code unit in eight bits: ASCII as it is, others share the upper half. The comparison in full tells them apart. */
function squeeze(unit: number): number {
  return unit < 0x80 ? unit : 0x80 | (unit & 0x7f);
}
