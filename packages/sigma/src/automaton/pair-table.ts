/**
 * Needles of two and three characters, filed under two neighbouring characters: a table of all pairs of ASCII, read
 * directly. Most of these needles are switches (` -s`, `/c`), so the pairs are hit often and have to be cheap.
 */
export interface PairFiling {
  readonly first: number;
  readonly second: number;
  readonly needle: number;
  /** the needle's other character, and where it stands, counted from the second; -1 and 0 for a needle of two */
  readonly third: number;
  readonly offset: number;
}

/** Bits of a character in a pair. */
export const PAIR_BITS = 7;

export class PairTable {
  /** pair → 1 + first filing, 0 for none */
  readonly heads = new Uint16Array(1 << (2 * PAIR_BITS));
  /** three ints a filing, those of a pair side by side: needle, third, offset; a needle of -1 ends the run */
  readonly filings: Int32Array;

  constructor(filed: readonly PairFiling[]) {
    const byPair = Map.groupBy(filed, ({ first, second }) => (first << PAIR_BITS) | second);
    this.filings = new Int32Array(3 * (filed.length + byPair.size));
    let at = 0;
    for (const [pair, same] of byPair) {
      this.heads[pair] = at + 1;
      for (const { needle, third, offset } of same) {
        this.filings[3 * at] = needle;
        this.filings[3 * at + 1] = third;
        this.filings[3 * at + 2] = offset;
        at++;
      }
      this.filings[3 * at++] = -1;
    }
  }
}

/** What the table can number: two bytes' worth, the ends of runs counted. */
export const MAX_PAIR_FILINGS = 30_000;
