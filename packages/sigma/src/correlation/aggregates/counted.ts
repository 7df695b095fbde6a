import { grown } from '../tuple-table.ts';
import type { Aggregate, Visitor } from './aggregate.ts';
import { EventLists } from './event-lists.ts';

/** Events of one instant are kept beyond the limit up to this many more, so that the first match can show them. */
const SLACK = 4096;

/**
 * Counts events. To know whether "at least n" holds, the n latest are enough: whatever is older can't make the
 * difference. So a group holds at most `limit` events however long the window and however busy the group.
 */
export class Counted implements Aggregate {
  readonly #lists = new EventLists(false);
  readonly #limit: number;
  /** slot → events of its latest instant that were let go */
  #dropped: Int32Array = new Int32Array(16);
  #latest: Float64Array = new Float64Array(16);

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#lists.bytes + this.#dropped.byteLength + this.#latest.byteLength;
  }

  add(slot: number, time: number, source: number, _value: number, _tuple: Int32Array, ref: unknown): void {
    if (slot >= this.#dropped.length) {
      this.#dropped = grown(this.#dropped, slot + 1);
      this.#latest = grown(this.#latest, this.#dropped.length);
    }
    const lists = this.#lists;
    if (this.#latest[slot] !== time) {
      this.#latest[slot] = time;
      this.#dropped[slot] = 0;
      if (slot < lists.count.length) while (lists.count[slot] > this.#limit) lists.shift(slot);
    }
    lists.push(slot, time, source, 0, ref);
    if (lists.count[slot] > this.#limit + SLACK) {
      lists.shift(slot);
      this.#dropped[slot]++;
    }
  }

  expire(slot: number, from: number): void {
    const lists = this.#lists;
    while (lists.head[slot] > 0 && lists.time[lists.head[slot] - 1] < from) lists.shift(slot);
  }

  value(slot: number): number {
    return this.#lists.count[slot];
  }

  events(slot: number): number {
    return this.#lists.count[slot] + this.#dropped[slot];
  }

  first(slot: number): number {
    return this.#lists.time[this.#lists.head[slot] - 1];
  }

  visit(slot: number, visitor: Visitor): void {
    this.#lists.visit(slot, visitor);
  }

  clear(slot: number): void {
    while (this.#lists.head[slot] > 0) this.#lists.shift(slot);
    this.#dropped[slot] = 0;
    this.#latest[slot] = 0;
  }
}
