import { randomInt } from 'node:crypto';
import type { Activity, Attribution, Facts } from '../../registry/index.ts';
import type { EventClass, NormalPath, Outcome, Place } from '../../telemetry/index.ts';
import { TextPool } from './text-pool.ts';

/** An activity as the engine keeps it. How often and when stands in the ledger's columns, which are cheap to write. */
export class Entry implements Activity {
  readonly number: number;
  readonly facts: Facts;
  readonly attribution: Attribution;
  /** whether events of this kind must be shown to the terms' judge one by one */
  readonly watched: boolean;
  readonly place: Place;
  readonly days = new Set<number>();
  private readonly ledger: Ledger;

  constructor(ledger: Ledger, facts: Facts, attribution: Attribution, watched: boolean, place: Place) {
    this.number = ledger.entries.length;
    this.ledger = ledger;
    this.facts = facts;
    this.attribution = attribution;
    this.watched = watched;
    this.place = place;
  }

  get count(): number {
    return this.ledger.counts[this.number];
  }

  get first(): number | undefined {
    const first = this.ledger.firsts[this.number];
    return first === Number.POSITIVE_INFINITY ? undefined : first;
  }

  get last(): number | undefined {
    const last = this.ledger.lasts[this.number];
    return last === Number.NEGATIVE_INFINITY ? undefined : last;
  }

  get hours(): number {
    return this.ledger.hours[this.number];
  }
}

const DAY = 86_400_000_000;
const HOUR = 3_600_000_000;
const NO_DAY = -0x8000_0000;
/** Days kept per entry: eleven years. */
const MOST_DAYS = 4000;

/**
 * Who did what where, counted: one entry per distinct tuple of identity values (class, outcome, user, host, address ...).
 * Attribution is worked out once per entry. Bounded: past `limit` tuples, further ones are counted under their class and
 * host alone, and `overflow` says how many events that concerns.
 */
export class Ledger {
  readonly entries: Entry[] = [];
  /** per entry: events, microseconds of the first and the last, hours of the UTC day as bits */
  counts = new Float64Array(1 << 10);
  firsts = new Float64Array(1 << 10).fill(Number.POSITIVE_INFINITY);
  lasts = new Float64Array(1 << 10).fill(Number.NEGATIVE_INFINITY);
  hours = new Int32Array(1 << 10);
  /** per entry: the day met last, since most events follow one of the same day */
  private lastDays = new Int32Array(1 << 10).fill(NO_DAY);
  readonly pool = new TextPool();
  overflow = 0;
  /** the numbers of texts can be guessed by whoever writes the log: without a seed, tuples could be made to collide */
  private readonly seed = randomInt(0x7fffffff);
  private slots = new Int32Array(1 << 14);
  private tuples = new Int32Array(1 << 16);
  private tupleEnd = 0;
  private starts: number[] = [];
  private readonly scratch = new Int32Array(64);
  private readonly limit: number;
  private readonly attribute: (facts: Facts) => Attribution;
  private readonly wants: (facts: Facts, attribution: Attribution) => boolean;

  constructor(
    attribute: (facts: Facts) => Attribution,
    wants: (facts: Facts, attribution: Attribution) => boolean,
    limit = 200_000,
  ) {
    this.attribute = attribute;
    this.wants = wants;
    this.limit = limit;
  }

  /**
   * The entry of a tuple, if there is one. `kind` is any small number that stands for the class; `count` of the `numbers` (of the
   * pool; 0: absent) count.
   */
  find(kind: number, outcome: Outcome, numbers: Int32Array, count: number): Entry | undefined {
    const hash = this.load(kind, outcome, numbers, count);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const at = this.slots[slot] - 1;
      if (at < 0) return undefined;
      if (this.same(at, count + 2)) return this.entries[at];
      slot = (slot + 1) & mask;
    }
  }

  /** Makes the entry of a tuple that `find` doesn't know. `paths` runs in parallel to `numbers`. */
  make(
    kind: number,
    eventClass: EventClass,
    outcome: Outcome,
    paths: readonly NormalPath[],
    numbers: Int32Array,
    count: number,
    place: Place,
  ): Entry {
    if (this.entries.length >= this.limit) {
      return this.crowded(kind, eventClass, outcome, paths, numbers, count, place);
    }
    if (this.entries.length * 2 >= this.slots.length) this.grow();
    const hash = this.load(kind, outcome, numbers, count);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = this.entries.length + 1;
    return this.add(count + 2, eventClass, outcome, paths, numbers, count, place);
  }

  /** Puts a tuple into `scratch` and gives its hash. */
  private load(kind: number, outcome: Outcome, numbers: Int32Array, count: number): number {
    const key = this.scratch;
    key[0] = kind;
    key[1] = outcome === 'success' ? 1 : outcome === 'failure' ? 2 : 0;
    let hash = this.seed ^ Math.imul(kind * 4 + key[1] + 1, 0x9e3779b1);
    for (let i = 0; i < count; i += 1) {
      key[i + 2] = numbers[i];
      hash = Math.imul(hash ^ numbers[i], 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /** Counts one event of an entry. `time` is NaN where the source states none. */
  count(entry: Entry, time: number): void {
    const { number } = entry;
    this.counts[number] += 1;
    if (Number.isNaN(time)) return;
    if (time < this.firsts[number]) this.firsts[number] = time;
    if (time > this.lasts[number]) this.lasts[number] = time;
    const day = Math.floor(time / DAY);
    if (day !== this.lastDays[number]) {
      this.lastDays[number] = day;
      if (entry.days.size < MOST_DAYS) entry.days.add(day);
    }
    this.hours[number] |= 1 << Math.floor((time - day * DAY) / HOUR);
  }

  private same(entry: number, length: number): boolean {
    let at = this.starts[entry];
    if (this.tuples[at] !== length) return false;
    for (let i = 0; i < length; i += 1) {
      at += 1;
      if (this.tuples[at] !== this.scratch[i]) return false;
    }
    return true;
  }

  private hashOf(length: number): number {
    let hash = this.seed ^ Math.imul(this.scratch[0] * 4 + this.scratch[1] + 1, 0x9e3779b1);
    for (let i = 2; i < length; i += 1) {
      hash = Math.imul(hash ^ this.scratch[i], 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private add(
    length: number,
    eventClass: EventClass,
    outcome: Outcome,
    paths: readonly NormalPath[],
    numbers: Int32Array,
    count: number,
    place: Place,
  ): Entry {
    while (this.tupleEnd + length + 1 > this.tuples.length) {
      const wider = new Int32Array(this.tuples.length * 2);
      wider.set(this.tuples);
      this.tuples = wider;
    }
    this.starts.push(this.tupleEnd);
    this.tuples[this.tupleEnd] = length;
    for (let i = 0; i < length; i += 1) this.tuples[this.tupleEnd + 1 + i] = this.scratch[i];
    this.tupleEnd += length + 1;
    const values: Partial<Record<NormalPath, string>> = {};
    for (let i = 0; i < count; i += 1) if (numbers[i] !== 0) values[paths[i]] = this.pool.text(numbers[i]);
    const facts: Facts = { class: eventClass, outcome, values };
    const attribution = this.attribute(facts);
    if (this.entries.length === this.counts.length) this.widen();
    const entry = new Entry(this, facts, attribution, this.wants(facts, attribution), place);
    this.entries.push(entry);
    return entry;
  }

  /** Past the limit: the tuple reduced to the reporting host, which exists or is made whatever the limit says. */
  private crowded(
    kind: number,
    eventClass: EventClass,
    outcome: Outcome,
    paths: readonly NormalPath[],
    numbers: Int32Array,
    count: number,
    place: Place,
  ): Entry {
    this.overflow += 1;
    const host = paths.indexOf('device.hostname');
    const name = host >= 0 && host < count ? this.pool.text(numbers[host]) : '';
    const key = `${kind}|${outcome}|${this.reduced.size < 10_000 ? name : ''}`;
    const known = this.reduced.get(key);
    if (known !== undefined) return known;
    const only = new Int32Array(count);
    if (host >= 0 && host < count && this.reduced.size < 10_000) only[host] = numbers[host];
    this.scratch.fill(0);
    this.scratch[0] = kind;
    const entry = this.add(2, eventClass, outcome, paths, only, count, place);
    this.reduced.set(key, entry);
    return entry;
  }
  private readonly reduced = new Map<string, Entry>();

  private widen(): void {
    const size = this.counts.length * 2;
    const wider = <T extends Float64Array | Int32Array>(next: T, old: T): T => {
      next.set(old);
      return next;
    };
    this.counts = wider(new Float64Array(size), this.counts);
    this.firsts = wider(new Float64Array(size).fill(Number.POSITIVE_INFINITY), this.firsts);
    this.lasts = wider(new Float64Array(size).fill(Number.NEGATIVE_INFINITY), this.lasts);
    this.hours = wider(new Int32Array(size), this.hours);
    this.lastDays = wider(new Int32Array(size).fill(NO_DAY), this.lastDays);
  }

  private grow(): void {
    const saved = this.scratch.slice();
    const next = new Int32Array(this.slots.length * 2);
    const mask = next.length - 1;
    for (let entry = 0; entry < this.entries.length; entry += 1) {
      const at = this.starts[entry];
      const length = this.tuples[at];
      for (let i = 0; i < length; i += 1) this.scratch[i] = this.tuples[at + 1 + i];
      let slot = this.hashOf(length) & mask;
      while (next[slot] !== 0) slot = (slot + 1) & mask;
      next[slot] = entry + 1;
    }
    this.slots = next;
    this.scratch.set(saved);
  }
}
