/**
 * Inputs waiting to be put in order, held as numbers: a time, which rule, its values as interned texts or doubles, and
 * the caller's reference. Files are read in any order, so nothing is judged before the buffer is full or the caller is
 * done; then the oldest half goes out in the order of time.
 */
import type { RulePlan } from './compile.ts';
import { grown } from './tuple-table.ts';

/** The form in which inputs leave the buffer. */
export type Release = (time: number, rule: number, texts: Int32Array, numbers: Float64Array, ref: unknown) => void;

export class ReorderBuffer {
  readonly #rules: readonly RulePlan[];
  readonly #limit: number;
  #time: Float64Array = new Float64Array(256);
  #rule: Int32Array = new Int32Array(256);
  /** where an input's values start in `#data` */
  #at: Int32Array = new Int32Array(256);
  #data: Int32Array = new Int32Array(1024);
  #dataEnd = 0;
  #refs: unknown[] = [];
  #count = 0;
  readonly #texts: Int32Array;
  readonly #numbers: Float64Array;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  constructor(rules: readonly RulePlan[], limit: number) {
    this.#rules = rules;
    this.#limit = limit;
    const widest = Math.max(1, ...rules.map((rule) => rule.fields.length));
    this.#texts = new Int32Array(widest);
    this.#numbers = new Float64Array(widest);
  }

  get size(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count >= this.#limit;
  }

  get bytes(): number {
    return this.#time.byteLength + this.#rule.byteLength + this.#at.byteLength + this.#data.byteLength;
  }

  /** Takes an input; `text(i)` and `number(i)` are asked for the values that the rule needs. */
  add(time: number, rule: number, ref: unknown, text: (i: number) => number, number: (i: number) => number): void {
    const at = this.#count++;
    if (at >= this.#time.length) {
      this.#time = grown(this.#time, at + 1);
      this.#rule = grown(this.#rule, this.#time.length);
      this.#at = grown(this.#at, this.#time.length);
    }
    this.#time[at] = time;
    this.#rule[at] = rule;
    this.#at[at] = this.#dataEnd;
    this.#refs[at] = ref;
    const { textual, numeric } = this.#rules[rule];
    if (this.#dataEnd + textual.length * 3 > this.#data.length) {
      this.#data = grown(this.#data, this.#dataEnd + textual.length * 3);
    }
    for (let i = 0; i < textual.length; i++) {
      if (textual[i]) this.#data[this.#dataEnd++] = text(i);
      if (!numeric[i]) continue;
      this.#double[0] = number(i);
      this.#data[this.#dataEnd++] = this.#words[0];
      this.#data[this.#dataEnd++] = this.#words[1];
    }
  }

  /** Hands out everything up to and including `time`, oldest first, and keeps the rest. */
  releaseUntil(time: number, release: Release): void {
    const order = this.#sorted();
    let end = order.length;
    if (time < Number.POSITIVE_INFINITY) {
      end = 0;
      for (let high = order.length; end < high; ) {
        const middle = (end + high) >>> 1;
        if (this.#time[order[middle]] <= time) end = middle + 1;
        else high = middle;
      }
    }
    this.#release(order, end, release);
  }

  /** Hands out the oldest half, and whatever else has the time of its last one. */
  releaseHalf(release: Release): void {
    const order = this.#sorted();
    let end = Math.ceil(order.length / 2);
    while (end < order.length && this.#time[order[end]] === this.#time[order[end - 1]]) end++;
    this.#release(order, end, release);
  }

  /** Positions by time. The engine's merge sort takes runs that are in order as they are, and files mostly are. */
  #sorted(): number[] {
    const order = new Array<number>(this.#count);
    for (let i = 0; i < order.length; i++) order[i] = i;
    const time = this.#time;
    return order.sort((a, b) => time[a] - time[b] || a - b);
  }

  #release(order: readonly number[], end: number, release: Release): void {
    for (let i = 0; i < end; i++) {
      const entry = order[i];
      const rule = this.#rule[entry];
      this.#read(entry, rule);
      release(this.#time[entry], rule, this.#texts, this.#numbers, this.#refs[entry]);
    }
    this.#keep(order.slice(end).sort((a, b) => a - b));
  }

  #read(entry: number, rule: number): void {
    const { textual, numeric } = this.#rules[rule];
    let from = this.#at[entry];
    for (let i = 0; i < textual.length; i++) {
      this.#texts[i] = textual[i] ? this.#data[from++] : 0;
      if (!numeric[i]) continue;
      this.#words[0] = this.#data[from++];
      this.#words[1] = this.#data[from++];
      this.#numbers[i] = this.#double[0];
    }
  }

  /** Moves the entries that stay to the front; they are given in the order in which they lie. */
  #keep(entries: readonly number[]): void {
    let dataEnd = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      const from = this.#at[entry];
      const to = entry + 1 < this.#count ? this.#at[entry + 1] : this.#dataEnd;
      this.#data.copyWithin(dataEnd, from, to);
      this.#time[i] = this.#time[entry];
      this.#rule[i] = this.#rule[entry];
      this.#refs[i] = this.#refs[entry];
      this.#at[i] = dataEnd;
      dataEnd += to - from;
    }
    this.#refs.length = entries.length;
    this.#count = entries.length;
    this.#dataEnd = dataEnd;
  }
}
