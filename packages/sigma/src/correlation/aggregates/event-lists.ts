import { grown } from '../tuple-table.ts';

/** First-in-first-out lists of events, one per slot, whose entries lie in one shared pool. */
export class EventLists {
  time: Float64Array = new Float64Array(16);
  value: Float64Array | undefined;
  #source: Int32Array = new Int32Array(16);
  #next: Int32Array = new Int32Array(16);
  readonly #refs: unknown[] = [];
  #freeHead = -1;
  #used = 0;
  /** slot → first entry plus one, 0 for none */
  head: Int32Array = new Int32Array(16);
  #tail: Int32Array = new Int32Array(16);
  count: Int32Array = new Int32Array(16);

  constructor(withValues: boolean) {
    if (withValues) this.value = new Float64Array(16);
  }

  get bytes(): number {
    const entry = 16 + 8 + (this.value === undefined ? 0 : 8);
    return this.time.length * entry + this.head.length * 12;
  }

  push(slot: number, time: number, source: number, value: number, ref: unknown): void {
    let entry = this.#freeHead;
    if (entry >= 0) this.#freeHead = this.#next[entry];
    else {
      entry = this.#used++;
      if (entry >= this.time.length) this.#growPool(entry + 1);
    }
    if (slot >= this.head.length) this.#growSlots(slot + 1);
    this.time[entry] = time;
    this.#source[entry] = source;
    if (this.value !== undefined) this.value[entry] = value;
    this.#refs[entry] = ref;
    this.#next[entry] = -1;
    if (this.head[slot] === 0) this.head[slot] = entry + 1;
    else this.#next[this.#tail[slot]] = entry;
    this.#tail[slot] = entry;
    this.count[slot]++;
  }

  /** Removes the first entry of a list that isn't empty. */
  shift(slot: number): void {
    const entry = this.head[slot] - 1;
    this.head[slot] = this.#next[entry] + 1;
    this.count[slot]--;
    this.#refs[entry] = undefined;
    this.#next[entry] = this.#freeHead;
    this.#freeHead = entry;
  }

  visit(slot: number, visitor: (time: number, source: number, ref: unknown) => boolean): void {
    if (slot >= this.head.length) return;
    for (let entry = this.head[slot] - 1; entry >= 0; entry = this.#next[entry]) {
      if (!visitor(this.time[entry], this.#source[entry], this.#refs[entry])) return;
    }
  }

  #growPool(length: number): void {
    this.time = grown(this.time, length);
    this.#source = grown(this.#source, this.time.length);
    this.#next = grown(this.#next, this.time.length);
    if (this.value !== undefined) this.value = grown(this.value, this.time.length);
  }

  #growSlots(length: number): void {
    this.head = grown(this.head, length);
    this.#tail = grown(this.#tail, this.head.length);
    this.count = grown(this.count, this.head.length);
  }
}
