/**
 * From a gram (four folded characters packed into an int) to the needles filed under it. A bitmap that fits the
 * nearest caches answers "no" for nearly every position of a text; only then are the entries looked at. The arrays are
 * public because the walk reads them in its innermost loop.
 */
export interface Filing {
  /** the packed gram */
  readonly gram: number;
  readonly needle: number;
  /** how far before the gram's last character the needle starts */
  readonly back: number;
}

/** Odd multiplier near 2^32/phi: spreads neighbouring grams over the whole word (Fibonacci hashing, Knuth 6.4). */
export const SPREAD = 0x9e3779b1 | 0;

/** Bits of bitmap per needle: 32 lets a random gram through in 3 % of cases at most. */
const BITS_PER_NEEDLE = 32;
const MIN_LOG_BITS = 14;
/** 2^22 bits are 512 KiB: beyond that the bitmap falls out of the second-level cache and costs more than it saves. */
const MAX_LOG_BITS = 22;

export class GramTable {
  /** bit `(gram * SPREAD) >>> shift` is set where some needle is filed under the gram */
  readonly bits: Int32Array;
  readonly shift: number;
  /** open addressing, three ints an entry: gram, first filing, one past the last filing (0: entry is free) */
  readonly slots: Int32Array;
  readonly slotShift: number;
  /** two ints a filing: needle, back */
  readonly filings: Int32Array;

  constructor(filed: readonly Filing[]) {
    const sorted = [...filed].sort((a, b) => a.gram - b.gram || a.needle - b.needle);
    const logBits = clamp(
      Math.ceil(Math.log2(Math.max(1, filed.length) * BITS_PER_NEEDLE)),
      MIN_LOG_BITS,
      MAX_LOG_BITS,
    );
    this.shift = 32 - logBits;
    this.bits = new Int32Array(1 << (logBits - 5));
    const logSlots = Math.max(2, Math.ceil(Math.log2(filed.length * 2 + 1)));
    this.slotShift = 32 - logSlots;
    this.slots = new Int32Array(3 << logSlots);
    this.filings = new Int32Array(sorted.length * 2);
    for (let from = 0; from < sorted.length; ) {
      const gram = sorted[from].gram;
      let to = from;
      for (; to < sorted.length && sorted[to].gram === gram; to++) {
        this.filings[to * 2] = sorted[to].needle;
        this.filings[to * 2 + 1] = sorted[to].back;
      }
      this.#put(gram, from, to);
      from = to;
    }
  }

  #put(gram: number, from: number, to: number): void {
    const spread = Math.imul(gram, SPREAD);
    const bit = spread >>> this.shift;
    this.bits[bit >>> 5] |= 1 << (bit & 31);
    let at = (spread >>> this.slotShift) * 3;
    while (this.slots[at + 2] !== 0) at = at + 3 === this.slots.length ? 0 : at + 3;
    this.slots[at] = gram;
    this.slots[at + 1] = from;
    this.slots[at + 2] = to;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
