/** A map from a pair of small non-negative ints to an int, in one open-addressed typed array. */
import { SPREAD } from './gram-table.ts';

const INITIAL = 1024;

export class IntPairs {
  /** three ints an entry: first key (-1: free), second key, value */
  #entries = new Int32Array(3 * INITIAL).fill(-1);
  #mask = INITIAL - 1;
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The value, or -1 where the pair isn't known. */
  get(a: number, b: number): number {
    const entries = this.#entries;
    const mask = this.#mask;
    let slot = spread(a, b) & mask;
    for (;;) {
      const at = slot * 3;
      const key = entries[at];
      if (key === a && entries[at + 1] === b) return entries[at + 2];
      if (key < 0) return -1;
      slot = (slot + 1) & mask;
    }
  }

  /** Adds a pair that isn't known yet. */
  set(a: number, b: number, value: number): void {
    if (++this.#count * 2 > this.#mask) this.#grow();
    this.#place(a, b, value);
  }

  #place(a: number, b: number, value: number): void {
    let slot = spread(a, b) & this.#mask;
    while (this.#entries[slot * 3] >= 0) slot = (slot + 1) & this.#mask;
    this.#entries[slot * 3] = a;
    this.#entries[slot * 3 + 1] = b;
    this.#entries[slot * 3 + 2] = value;
  }

  #grow(): void {
    const old = this.#entries;
    this.#mask = this.#mask * 2 + 1;
    this.#entries = new Int32Array(3 * (this.#mask + 1)).fill(-1);
    for (let at = 0; at < old.length; at += 3) if (old[at] >= 0) this.#place(old[at], old[at + 1], old[at + 2]);
  }

  clear(): void {
    this.#entries = new Int32Array(3 * INITIAL).fill(-1);
    this.#mask = INITIAL - 1;
    this.#count = 0;
  }
}

function spread(a: number, b: number): number {
  const mixed = Math.imul(Math.imul(a, SPREAD) ^ b, SPREAD);
  return mixed ^ (mixed >>> 15);
}
