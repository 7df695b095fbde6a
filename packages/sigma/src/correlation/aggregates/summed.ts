import { ExactSum } from '../exact-sum.ts';
import type { Aggregate, Visitor } from './aggregate.ts';
import { EventLists } from './event-lists.ts';

/** Sum or average of the numbers in the window. */
export class Summed implements Aggregate {
  readonly #lists = new EventLists(true);
  readonly #sums: ExactSum[] = [];
  readonly #average: boolean;

  constructor(average: boolean) {
    this.#average = average;
  }

  get bytes(): number {
    return this.#lists.bytes;
  }

  add(slot: number, time: number, source: number, value: number, _tuple: Int32Array, ref: unknown): void {
    this.#lists.push(slot, time, source, value, ref);
    this.#sums[slot] ??= new ExactSum();
    this.#sums[slot].add(value);
  }

  expire(slot: number, from: number): void {
    const lists = this.#lists;
    while (lists.head[slot] > 0 && lists.time[lists.head[slot] - 1] < from) {
      this.#sums[slot].add(-lists.value![lists.head[slot] - 1]);
      lists.shift(slot);
    }
  }

  value(slot: number): number {
    const count = this.#lists.count[slot];
    if (!(count > 0)) return NaN;
    return this.#average ? this.#sums[slot].value / count : this.#sums[slot].value;
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
    this.#sums[slot] = new ExactSum();
  }
}
