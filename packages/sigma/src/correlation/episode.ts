import type { LanePlan } from './lane-plan.ts';

/** One contribution as the lanes hold it: an event's reference, or an inner correlation's run with its own. */
export interface Held {
  readonly time: number;
  readonly source: number;
  readonly ref: unknown;
}

/** A run of windows in which the condition holds for a group, from the first until a timespan has passed without. */
export class Episode {
  /** the correlation whose run it is */
  readonly owner: LanePlan;
  readonly fired: number;
  readonly start: number;
  end: number;
  /** when the condition last held */
  latest: number;
  /** what `latest` was when the run was told before its end; undefined: it was not */
  told: number | undefined = undefined;
  value: number;
  count = 0;
  readonly held: Held[] = [];
  readonly sources = new Set<number>();
  /** events since the condition last held: they belong to the run only if it holds again */
  #pending = 0;
  readonly #pendingHeld: Held[] = [];
  readonly #pendingSources = new Set<number>();
  readonly #limit: number;
  #inner: Set<Episode> | undefined;

  constructor(owner: LanePlan, fired: number, start: number, end: number, value: number, limit: number) {
    this.owner = owner;
    this.fired = fired;
    this.start = start;
    this.end = end;
    this.latest = fired;
    this.value = value;
    this.#limit = limit;
  }

  /** Takes in an event of the window that made the condition hold first. */
  take(time: number, source: number, ref: unknown): void {
    if (this.held.length < this.#limit && this.#isNew(ref)) this.held.push({ time, source, ref });
    this.sources.add(source);
  }

  /** Remembers an event after it. */
  follow(time: number, source: number, ref: unknown): void {
    this.#pending++;
    if (!this.sources.has(source)) this.#pendingSources.add(source);
    if (this.held.length + this.#pendingHeld.length < this.#limit && this.#isNew(ref)) {
      this.#pendingHeld.push({ time, source, ref });
    }
  }

  /** An inner run hits many times; it is held once. */
  #isNew(ref: unknown): boolean {
    if (!(ref instanceof Episode)) return true;
    this.#inner ??= new Set();
    return this.#inner.size < this.#inner.add(ref).size;
  }

  /** The condition holds again: what came since then belongs to the run. */
  extend(at: number, end: number): void {
    this.latest = at;
    this.end = Math.max(this.end, end);
    this.count += this.#pending;
    this.#pending = 0;
    // in a long run there is mostly nothing new to take over
    if (this.#pendingHeld.length > 0) {
      this.held.push(...this.#pendingHeld);
      this.#pendingHeld.length = 0;
    }
    if (this.#pendingSources.size > 0) {
      for (const source of this.#pendingSources) this.sources.add(source);
      this.#pendingSources.clear();
    }
  }
}
