import { grown } from '../tuple-table.ts';
import type { Aggregate, Visitor } from './aggregate.ts';

interface Link {
  readonly time: number;
  readonly source: number;
  readonly ref: unknown;
  readonly before: Link | undefined;
}

/**
 * Whether rules occurred in the order of a list. For each step of the list it keeps the latest possible start of a
 * chain that has come so far: when step i occurs, the chain that had come to step i-1 comes to i. A chain is in the
 * window when its start is. So an event costs one step (more only for events of the same instant, which count as in
 * order either way), however long the window and however often each rule occurs.
 *
 * `value` is 1 where a whole chain is in the window.
 */
export class Ordered implements Aggregate {
  readonly #steps: number;
  /** source → its step, -1 where it isn't in the list */
  readonly #stepOf: Int32Array;
  /** slot and step → latest start of a chain that has come to it */
  #start: Float64Array = new Float64Array(0);
  /** slot and step → when the step's rule last occurred */
  #last: Float64Array = new Float64Array(0);
  readonly #links: (Link | undefined)[] = [];
  readonly #lastRef: unknown[] = [];
  readonly #lastSource: number[] = [];

  /** `list`: positions in their order; `positionOf`: source → position. */
  constructor(list: readonly number[], positionOf: Int32Array) {
    this.#steps = list.length;
    this.#stepOf = positionOf.map((position) => list.indexOf(position));
  }

  get bytes(): number {
    return this.#start.byteLength + this.#last.byteLength;
  }

  add(slot: number, time: number, source: number, _value: number, _tuple: Int32Array, ref: unknown): void {
    const step = this.#stepOf[source];
    if (step < 0) return;
    const from = slot * this.#steps;
    if (from + this.#steps > this.#start.length) {
      const before = this.#start.length;
      this.#start = grown(this.#start, from + this.#steps).fill(-Infinity, before);
      this.#last = grown(this.#last, this.#start.length).fill(-Infinity, before);
    }
    this.#last[from + step] = time;
    this.#lastRef[from + step] = ref;
    this.#lastSource[from + step] = source;
    if (step === 0) {
      this.#start[from] = time;
      this.#links[from] = { time, source, ref, before: undefined };
    } else this.#advance(from, step, time, source, ref);
    // what occurred at this same instant and stands later in the list may follow
    for (let next = step + 1; next < this.#steps && this.#last[from + next] === time; next++) {
      this.#advance(from, next, time, this.#lastSource[from + next], this.#lastRef[from + next]);
    }
  }

  #advance(from: number, step: number, time: number, source: number, ref: unknown): void {
    const start = this.#start[from + step - 1];
    if (start === -Infinity || start < this.#start[from + step]) return;
    this.#start[from + step] = start;
    this.#links[from + step] = { time, source, ref, before: this.#links[from + step - 1] };
  }

  expire(slot: number, from: number): void {
    const base = slot * this.#steps;
    for (let step = 0; step < this.#steps && base < this.#start.length; step++) {
      if (this.#start[base + step] >= from) continue;
      this.#start[base + step] = -Infinity;
      this.#links[base + step] = undefined;
    }
  }

  value(slot: number): number {
    return (this.#start[(slot + 1) * this.#steps - 1] ?? -Infinity) > -Infinity ? 1 : 0;
  }

  events(): number {
    return this.#steps;
  }

  first(slot: number): number {
    return this.#start[(slot + 1) * this.#steps - 1];
  }

  visit(slot: number, visitor: Visitor): void {
    const chain: Link[] = [];
    for (let link = this.#links[(slot + 1) * this.#steps - 1]; link !== undefined; link = link.before) chain.push(link);
    for (const link of chain.reverse()) if (!visitor(link.time, link.source, link.ref)) return;
  }

  clear(slot: number): void {
    const base = slot * this.#steps;
    if (base >= this.#start.length) return;
    this.#start.fill(-Infinity, base, base + this.#steps);
    this.#last.fill(-Infinity, base, base + this.#steps);
    for (let step = 0; step < this.#steps; step++) {
      this.#links[base + step] = undefined;
      this.#lastRef[base + step] = undefined;
    }
  }
}
