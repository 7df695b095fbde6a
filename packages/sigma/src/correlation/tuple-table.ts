/**
 * A table from tuples of 32-bit integers to small numbers ("slots") that are given out densely and used again after
 * removal, so that everything else about a group can lie in typed arrays indexed by slot. Open addressing with linear
 * probing; removal shifts the cluster back (Knuth 6.4, algorithm R), so no tombstones pile up however long it runs.
 */
export class TupleTable {
  readonly width: number;
  #index = new Int32Array(16);
  #mask = 15;
  #keys: Int32Array;
  #free: Int32Array = new Int32Array(8);
  #freeCount = 0;
  #next = 0;
  #size = 0;
  /** drawn anew each time: senders of logs choose which names occur together, and must not choose where they collide */
  readonly #seed = (Math.random() * 0xffffffff) | 0;

  constructor(width: number) {
    this.width = width;
    this.#keys = new Int32Array(8 * Math.max(1, width));
  }

  /** how many tuples are in the table */
  get size(): number {
    return this.#size;
  }

  /** one past the largest slot ever given out */
  get capacity(): number {
    return this.#next;
  }

  /** bytes of the table's arrays */
  get bytes(): number {
    return this.#index.byteLength + this.#keys.byteLength + this.#free.byteLength;
  }

  /** The slot of a tuple, or -1. */
  find(tuple: Int32Array): number {
    for (let at = this.#hash(tuple, 0) & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = this.#index[at] - 1;
      if (slot < 0) return -1;
      if (this.#equal(slot, tuple)) return slot;
    }
  }

  /** The slot of a tuple; `~slot` where it was not there and has now been added. */
  add(tuple: Int32Array): number {
    let at = this.#hash(tuple, 0) & this.#mask;
    for (; ; at = (at + 1) & this.#mask) {
      const slot = this.#index[at] - 1;
      if (slot < 0) break;
      if (this.#equal(slot, tuple)) return slot;
    }
    const slot = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#next++;
    const from = slot * this.width;
    if (from + this.width > this.#keys.length) this.#keys = grown(this.#keys, from + this.width);
    for (let i = 0; i < this.width; i++) this.#keys[from + i] = tuple[i];
    this.#index[at] = slot + 1;
    // at most two thirds full
    if (++this.#size * 3 > this.#mask * 2) this.#rehash();
    return ~slot;
  }

  /** Part `i` of the tuple that lies in a slot. */
  part(slot: number, i: number): number {
    return this.#keys[slot * this.width + i];
  }

  /** Removes what lies in a slot; the slot may be given out again. */
  remove(slot: number): void {
    const mask = this.#mask;
    let hole = this.#hash(this.#keys, slot * this.width) & mask;
    while (this.#index[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; this.#index[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hash(this.#keys, (this.#index[at] - 1) * this.width) & mask;
      // may move back only if its home doesn't lie between the hole and where it is
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        this.#index[hole] = this.#index[at];
        hole = at;
      }
    }
    this.#index[hole] = 0;
    this.#size--;
    if (this.#freeCount === this.#free.length) this.#free = grown(this.#free, this.#freeCount + 1);
    this.#free[this.#freeCount++] = slot;
  }

  #equal(slot: number, tuple: Int32Array): boolean {
    const from = slot * this.width;
    for (let i = 0; i < this.width; i++) if (this.#keys[from + i] !== tuple[i]) return false;
    return true;
  }

  #hash(from: Int32Array, offset: number): number {
    let hash = this.#seed;
    for (let i = 0; i < this.width; i++) {
      hash = Math.imul(hash ^ from[offset + i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  #rehash(): void {
    const old = this.#index;
    this.#index = new Int32Array(old.length * 2);
    this.#mask = this.#index.length - 1;
    for (const entry of old) {
      if (entry === 0) continue;
      let at = this.#hash(this.#keys, (entry - 1) * this.width) & this.#mask;
      while (this.#index[at] !== 0) at = (at + 1) & this.#mask;
      this.#index[at] = entry;
    }
  }
}

/** A copy with room for at least `length` elements, half as much again. */
export function grown<T extends Int32Array | Float64Array | Uint32Array | Uint8Array>(array: T, length: number): T {
  const room = Math.max(16, length, Math.ceil(array.length * 1.5));
  const copy = new (array.constructor as new (length: number) => T)(room);
  copy.set(array);
  return copy;
}
