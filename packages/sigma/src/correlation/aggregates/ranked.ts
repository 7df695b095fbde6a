import { RankedValues } from '../ranked-values.ts';
import { grown } from '../tuple-table.ts';
import type { Aggregate, Visitor } from './aggregate.ts';
import { EventLists } from './event-lists.ts';

/** A percentile of the numbers in the window. */
export class Ranked implements Aggregate {
  readonly #lists = new EventLists(true);
  readonly #ranks = new RankedValues();
  readonly #percentile: number;
  #root: Int32Array = new Int32Array(16);

  constructor(percentile: number) {
    this.#percentile = percentile;
  }

  get bytes(): number {
    return this.#lists.bytes + this.#ranks.bytes + this.#root.byteLength;
  }

  add(slot: number, time: number, source: number, value: number, _tuple: Int32Array, ref: unknown): void {
    if (slot >= this.#root.length) this.#root = grown(this.#root, slot + 1);
    this.#lists.push(slot, time, source, value, ref);
    this.#root[slot] = this.#ranks.insert(this.#root[slot], value);
  }

  expire(slot: number, from: number): void {
    const lists = this.#lists;
    while (lists.head[slot] > 0 && lists.time[lists.head[slot] - 1] < from) {
      this.#root[slot] = this.#ranks.remove(this.#root[slot], lists.value![lists.head[slot] - 1]);
      lists.shift(slot);
    }
  }

  value(slot: number): number {
    const root = this.#root[slot];
    return root > 0 ? this.#ranks.percentile(root, this.#percentile) : NaN;
  }

  events(slot: number): number {
    return this.#lists.count[slot];
  }

  first(slot: number): number {
    return this.#lists.time[this.#lists.head[slot] - 1];
  }

  visit(slot: number, visitor: Visitor): void {
    this.#lists.visit(slot, visitor);
  }

  clear(slot: number): void {
    while (this.#lists.head[slot] > 0) this.#lists.shift(slot);
    this.#ranks.clear(this.#root[slot]);
    this.#root[slot] = 0;
  }
}
