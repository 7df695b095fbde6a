/**
 * One correlation at run time: its groups, their windows and their runs. Times only grow (the sweep sees to that), so
 * groups form a queue by their latest event and the ones whose window has passed are always at its front.
 */
import type { Aggregate } from './aggregates/aggregate.ts';
import type { Terms } from './aggregates/terms.ts';
import { holds, stronger } from './condition.ts';
import { Episode, type Held } from './episode.ts';
import type { Interner } from './interner.ts';
import type { LanePlan } from './lane-plan.ts';
import { grown, TupleTable } from './tuple-table.ts';

/** A second look that is due: one timespan after `time`. */
interface Due {
  readonly time: number;
  readonly slot: number;
  /** which terms held, and what made them hold (boolean conditions with "not") */
  readonly mask: number;
  readonly held: readonly Held[];
}

const NOTHING: readonly Held[] = [];

/** What a lane reports. `begins` is true for the first hit of a run. */
export interface LaneListener {
  hit(lane: Lane, slot: number, at: number, episode: Episode, begins: boolean): void;
  /** a run ended, or goes on and was asked for */
  told(lane: Lane, slot: number, episode: Episode): void;
}

export class Lane {
  readonly plan: LanePlan;
  readonly index: number;
  readonly span: number;
  readonly #groups: TupleTable;
  readonly #aggregate: Aggregate;
  readonly #interner: Interner;
  readonly #listener: LaneListener;
  readonly #maxRefs: number;
  readonly #groupWidth: number;
  readonly #carriedWidth: number;
  readonly #tuple: Int32Array;
  readonly #key: Int32Array;
  readonly #episodes = new Map<number, Episode>();

  #latest: Float64Array = new Float64Array(16);
  #carried: Int32Array = new Int32Array(0);
  /** full windows only: whether an event came since the window was last judged */
  #grown: Uint8Array = new Uint8Array(0);
  /** groups by their latest event: links are slot plus one, 0 for none */
  #next: Int32Array = new Int32Array(16);
  #prev: Int32Array = new Int32Array(16);
  #oldest = 0;
  #newest = 0;

  #dirty: number[] = [];
  #due: Due[] = [];
  #dueFrom = 0;

  constructor(plan: LanePlan, index: number, interner: Interner, listener: LaneListener, maxRefs: number) {
    this.plan = plan;
    this.index = index;
    this.span = plan.correlation.timespan;
    this.#interner = interner;
    this.#listener = listener;
    this.#maxRefs = maxRefs;
    this.#groupWidth = plan.groupBy.length;
    this.#carriedWidth = plan.carried.length;
    this.#groups = new TupleTable(this.#groupWidth);
    this.#key = new Int32Array(this.#groupWidth);
    this.#tuple = new Int32Array(1 + plan.tupleWidth);
    this.#aggregate = plan.aggregate(interner);
  }

  get groups(): number {
    return this.#groups.size;
  }

  get bytes(): number {
    return this.#groups.bytes + this.#aggregate.bytes + this.#latest.byteLength + this.#next.byteLength * 2;
  }

  /** When the next second look is due; Infinity where none is. */
  get nextDue(): number {
    return this.#dueFrom < this.#due.length ? this.#due[this.#dueFrom].time + this.span : Number.POSITIVE_INFINITY;
  }

  /** Whether some group has had events that were not judged yet. */
  get waiting(): boolean {
    return this.#dirty.length > 0;
  }

  /**
   * Takes in an event. `values` are interned texts: group-by fields, then carried ones; `tuple` the ones to count.
   * Returns false where a group-by value is missing.
   */
  add(time: number, source: number, values: Int32Array, tuple: Int32Array, value: number, ref: unknown): boolean {
    const width = this.#groupWidth;
    for (let i = 0; i < width; i++) {
      if (values[i] === 0) return false;
      this.#key[i] = values[i];
    }
    let slot = this.#groups.add(this.#key);
    if (slot < 0) {
      slot = ~slot;
      this.#open(slot);
    } else this.#unlink(slot);
    this.#link(slot);
    if (this.#latest[slot] !== time) {
      this.#latest[slot] = time;
      this.#dirty.push(slot);
      this.#aggregate.expire(slot, time - this.span);
      if (this.plan.decision === 'full') {
        this.#grown[slot] = 1;
        this.#due.push({ time, slot, mask: 0, held: NOTHING });
      }
    }
    const carried = slot * this.#carriedWidth;
    for (let i = 0; i < this.#carriedWidth; i++) {
      this.#interner.retain(values[width + i]);
      this.#interner.release(this.#carried[carried + i]);
      this.#carried[carried + i] = values[width + i];
    }
    this.#tuple[0] = slot;
    if (this.plan.tupleOfPositions) this.#tuple[1] = this.plan.positionOf[source];
    else for (let i = 0; i < tuple.length; i++) this.#tuple[1 + i] = tuple[i];
    this.#aggregate.add(slot, time, source, value, this.#tuple, ref);
    if (this.plan.decision !== 'negated' && this.#episodes.size > 0) {
      this.#episodes.get(slot)?.follow(time, source, ref);
    }
    return true;
  }

  /** Judges the groups that had events at `time`. Call once, when all events of that time are in. */
  judge(time: number): void {
    const dirty = this.#dirty;
    if (dirty.length === 0) return;
    this.#dirty = [];
    if (this.plan.decision === 'full') return;
    for (const slot of dirty) {
      const value = this.#aggregate.value(slot);
      if (!holds(this.plan.comparisons, value)) continue;
      if (this.plan.decision === 'prompt') this.#hit(slot, time, time, value, undefined);
      else this.#wait(slot, time, value);
    }
  }

  /** Takes the second looks that are due at `time`. */
  lookAgain(time: number): void {
    while (this.nextDue === time) {
      const due = this.#due[this.#dueFrom++];
      this.#aggregate.expire(due.slot, time - this.span);
      if (this.plan.decision === 'full') this.#judgeFull(due.slot, time);
      else if ((this.#aggregate as Terms).stillAbsent(due.slot, due.mask) !== 0) {
        this.#hit(due.slot, time, due.time, 1, due.held);
      }
    }
    // the part that was consumed is cut off when it is the larger one
    if (this.#dueFrom > 1024 && this.#dueFrom * 2 > this.#due.length) {
      this.#due = this.#due.slice(this.#dueFrom);
      this.#dueFrom = 0;
    }
  }

  #judgeFull(slot: number, time: number): void {
    if (this.#grown[slot] === 0) return;
    this.#grown[slot] = 0;
    const value = this.#aggregate.value(slot);
    if (holds(this.plan.comparisons, value)) this.#hit(slot, time, this.#latest[slot], value, undefined);
  }

  #wait(slot: number, time: number, value: number): void {
    const terms = this.#aggregate as Terms;
    const mask = terms.completed(slot, value, time);
    if (mask === 0) return;
    const held: Held[] = [];
    terms.visitTerm(slot, 31 - Math.clz32(mask & -mask), (at, source, ref) => {
      held.push({ time: at, source, ref });
      return held.length < this.#maxRefs;
    });
    this.#due.push({ time, slot, mask, held });
  }

  #hit(slot: number, at: number, end: number, value: number, held: readonly Held[] | undefined): void {
    const shown = this.plan.terms ? 1 : value;
    let episode = this.#episodes.get(slot);
    if (episode !== undefined && at - this.span > episode.latest) {
      this.#close(slot, episode);
      episode = undefined;
    }
    const begins = episode === undefined;
    if (episode === undefined) {
      const start = held === undefined ? this.#aggregate.first(slot) : held[0].time;
      episode = new Episode(this.plan, at, start, end, shown, this.#maxRefs);
      this.#episodes.set(slot, episode);
      const begun = episode;
      episode.count = held === undefined ? this.#aggregate.events(slot) : held.length;
      if (held !== undefined) for (const one of held) begun.take(one.time, one.source, one.ref);
      else {
        this.#aggregate.visit(slot, (time, source, ref) => {
          begun.take(time, source, ref);
          return true;
        });
      }
    } else {
      for (const one of held ?? NOTHING) if (one.time > episode.end) episode.follow(one.time, one.source, one.ref);
      episode.extend(at, end);
      episode.value = stronger(this.plan.comparisons, episode.value, shown);
    }
    this.#listener.hit(this, slot, at, episode, begins);
  }

  /** Reports the runs that have gone on since they were told last. */
  tellRunning(): void {
    for (const [slot, episode] of this.#episodes) this.#tell(slot, episode);
  }

  /** Lets groups go whose window has passed before `time`. */
  evict(time: number): void {
    while (this.#oldest !== 0 && this.#latest[this.#oldest - 1] + this.span < time) this.#forget(this.#oldest - 1);
  }

  /** One value of a group, interned: a group-by field, or a carried one of its latest event. */
  part(slot: number, i: number): number {
    return i < this.#groupWidth
      ? this.#groups.part(slot, i)
      : this.#carried[slot * this.#carriedWidth + i - this.#groupWidth];
  }

  #forget(slot: number): void {
    const episode = this.#episodes.get(slot);
    if (episode !== undefined) this.#close(slot, episode);
    this.#aggregate.clear(slot);
    this.#unlink(slot);
    for (let i = 0; i < this.#groupWidth; i++) this.#interner.release(this.#groups.part(slot, i));
    for (let i = 0; i < this.#carriedWidth; i++) {
      this.#interner.release(this.#carried[slot * this.#carriedWidth + i]);
      this.#carried[slot * this.#carriedWidth + i] = 0;
    }
    this.#groups.remove(slot);
  }

  #close(slot: number, episode: Episode): void {
    this.#episodes.delete(slot);
    this.#tell(slot, episode);
  }

  #tell(slot: number, episode: Episode): void {
    if (episode.told === episode.latest) return;
    episode.told = episode.latest;
    this.#listener.told(this, slot, episode);
  }

  #open(slot: number): void {
    for (let i = 0; i < this.#groupWidth; i++) this.#interner.retain(this.#key[i]);
    if (slot >= this.#latest.length) {
      this.#latest = grown(this.#latest, slot + 1);
      this.#next = grown(this.#next, this.#latest.length);
      this.#prev = grown(this.#prev, this.#latest.length);
    }
    if (this.plan.decision === 'full' && slot >= this.#grown.length) this.#grown = grown(this.#grown, slot + 1);
    const carried = (slot + 1) * this.#carriedWidth;
    if (carried > this.#carried.length) this.#carried = grown(this.#carried, carried);
    this.#latest[slot] = NaN;
  }

  #link(slot: number): void {
    this.#prev[slot] = this.#newest;
    this.#next[slot] = 0;
    if (this.#newest === 0) this.#oldest = slot + 1;
    else this.#next[this.#newest - 1] = slot + 1;
    this.#newest = slot + 1;
  }

  #unlink(slot: number): void {
    const prev = this.#prev[slot];
    const next = this.#next[slot];
    if (prev === 0) this.#oldest = next;
    else this.#next[prev - 1] = next;
    if (next === 0) this.#newest = prev;
    else this.#prev[next - 1] = prev;
  }
}
