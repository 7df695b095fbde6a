import type { Interner } from '../interner.ts';
import { grown, TupleTable } from '../tuple-table.ts';
import type { Aggregate, Visitor } from './aggregate.ts';

/**
 * Counts distinct values (or tuples of values, or rules). A value is in the window exactly when its latest occurrence
 * is, so only the latest one is kept: a list per slot ordered by it, to whose end a value moves when it occurs again.
 * Memory follows the distinct values, not the events, and every step is O(1).
 */
export class Distinct implements Aggregate {
  readonly #entries: TupleTable;
  readonly #limit: number;
  readonly #interner: Interner | undefined;
  #time: Float64Array = new Float64Array(16);
  #source: Int32Array = new Int32Array(16);
  #next: Int32Array = new Int32Array(16);
  #prev: Int32Array = new Int32Array(16);
  readonly #refs: unknown[] = [];
  #head: Int32Array = new Int32Array(16);
  #tail: Int32Array = new Int32Array(16);
  #count: Int32Array = new Int32Array(16);

  /**
   * `width`: how many values make a tuple; `limit`: distinct values a slot keeps at most, the oldest go first;
   * `interner`: holds the values while they are kept (left out where they are no interned texts).
   */
  constructor(width: number, limit: number, interner: Interner | undefined) {
    this.#entries = new TupleTable(1 + width);
    this.#limit = limit;
    this.#interner = interner;
  }

  get bytes(): number {
    return this.#entries.bytes + this.#time.length * 28 + this.#head.length * 12;
  }

  add(slot: number, time: number, source: number, _value: number, tuple: Int32Array, ref: unknown): void {
    if (slot >= this.#head.length) {
      this.#head = grown(this.#head, slot + 1);
      this.#tail = grown(this.#tail, this.#head.length);
      this.#count = grown(this.#count, this.#head.length);
    }
    let entry = this.#entries.add(tuple);
    if (entry < 0) {
      entry = ~entry;
      if (entry >= this.#time.length) {
        this.#time = grown(this.#time, entry + 1);
        this.#source = grown(this.#source, this.#time.length);
        this.#next = grown(this.#next, this.#time.length);
        this.#prev = grown(this.#prev, this.#time.length);
      }
      if (this.#interner !== undefined) for (let i = 1; i < tuple.length; i++) this.#interner.retain(tuple[i]);
      this.#count[slot]++;
    } else this.#unlink(slot, entry);
    this.#time[entry] = time;
    this.#source[entry] = source;
    this.#refs[entry] = ref;
    this.#next[entry] = 0;
    this.#prev[entry] = this.#tail[slot];
    if (this.#tail[slot] === 0) this.#head[slot] = entry + 1;
    else this.#next[this.#tail[slot] - 1] = entry + 1;
    this.#tail[slot] = entry + 1;
    if (this.#count[slot] > this.#limit) this.#drop(slot, this.#head[slot] - 1);
  }

  expire(slot: number, from: number): void {
    while (this.#head[slot] > 0 && this.#time[this.#head[slot] - 1] < from) this.#drop(slot, this.#head[slot] - 1);
  }

  value(slot: number): number {
    return this.#count[slot] ?? 0;
  }

  events(slot: number): number {
    return this.#count[slot];
  }

  first(slot: number): number {
    return this.#time[this.#head[slot] - 1];
  }

  /** Time of a tuple's latest occurrence in the window; NaN where it isn't there. */
  latest(tuple: Int32Array): number {
    const entry = this.#entries.find(tuple);
    return entry < 0 ? NaN : this.#time[entry];
  }

  /** Reference of a tuple's latest occurrence in the window. */
  ref(tuple: Int32Array): unknown {
    const entry = this.#entries.find(tuple);
    return entry < 0 ? undefined : this.#refs[entry];
  }

  visit(slot: number, visitor: Visitor): void {
    for (let entry = this.#head[slot] - 1; entry >= 0; entry = this.#next[entry] - 1) {
      if (!visitor(this.#time[entry], this.#source[entry], this.#refs[entry])) return;
    }
  }

  clear(slot: number): void {
    while (this.#head[slot] > 0) this.#drop(slot, this.#head[slot] - 1);
  }

  #unlink(slot: number, entry: number): void {
    const next = this.#next[entry];
    const prev = this.#prev[entry];
    if (prev === 0) this.#head[slot] = next;
    else this.#next[prev - 1] = next;
    if (next === 0) this.#tail[slot] = prev;
    else this.#prev[next - 1] = prev;
  }

  #drop(slot: number, entry: number): void {
    this.#unlink(slot, entry);
    this.#refs[entry] = undefined;
    if (this.#interner !== undefined) {
      for (let i = 1; i < this.#entries.width; i++) this.#interner.release(this.#entries.part(entry, i));
    }
    this.#entries.remove(entry);
    this.#count[slot]--;
  }
}
