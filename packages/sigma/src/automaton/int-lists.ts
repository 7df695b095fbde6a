/**
 * Interns lists of ints: equal lists get the same small number, in order of first sight. The lists lie one after the
 * other in one typed array, found by an open-addressed table, so a look-up allocates nothing.
 */
import { SPREAD } from './gram-table.ts';

export class IntLists {
  #pool = new Int32Array(1024);
  #used = 0;
  #start = new Int32Array(256);
  #table = new Int32Array(512).fill(-1);
  #count = 0;

  /** how many distinct lists there are */
  get size(): number {
    return this.#count;
  }

  /** ints held in all lists together */
  get weight(): number {
    return this.#used;
  }

  /** The number of the list `buffer[from..to)`; a list not seen before gets the number `size`. */
  intern(buffer: Int32Array, from: number, to: number): number {
    let hash = to - from;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ buffer[i], SPREAD) ^ (hash >>> 15);
    hash ^= hash >>> 13;
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let id = this.#table[slot]; id >= 0; id = this.#table[slot]) {
      if (this.#equals(id, buffer, from, to)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, buffer, from, to);
  }

  #equals(id: number, buffer: Int32Array, from: number, to: number): boolean {
    const start = this.#start[id];
    if (this.#start[id + 1] - start !== to - from) return false;
    for (let i = from; i < to; i++) if (this.#pool[start + i - from] !== buffer[i]) return false;
    return true;
  }

  #add(slot: number, buffer: Int32Array, from: number, to: number): number {
    const id = this.#count++;
    const length = to - from;
    if (this.#used + length > this.#pool.length) this.#pool = grown(this.#pool, this.#used + length);
    for (let i = 0; i < length; i++) this.#pool[this.#used + i] = buffer[from + i];
    this.#used += length;
    if (id + 2 > this.#start.length) this.#start = grown(this.#start, id + 2);
    this.#start[id + 1] = this.#used;
    this.#table[slot] = id;
    if (this.#count * 2 > this.#table.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let hash = this.length(id);
      const end = this.#start[id + 1];
      for (let i = this.#start[id]; i < end; i++) hash = Math.imul(hash ^ this.#pool[i], SPREAD) ^ (hash >>> 15);
      hash ^= hash >>> 13;
      let slot = hash & mask;
      while (table[slot] >= 0) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.#table = table;
  }

  /** Where the list lies in `pool`. */
  start(id: number): number {
    return this.#start[id];
  }

  length(id: number): number {
    return this.#start[id + 1] - this.#start[id];
  }

  /** The array that all lists lie in; replaced when it grows, so don't keep it across an `intern`. */
  get pool(): Int32Array {
    return this.#pool;
  }

  clear(): void {
    this.#table.fill(-1);
    this.#used = 0;
    this.#count = 0;
  }
}

function grown(array: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, least));
  larger.set(array);
  return larger;
}
