/**
 * Runs all correlations over inputs in the order of their time. At each instant: all inputs of that instant go in,
 * then correlations are judged from the inside outwards, so that a match of one is an event for another at the same
 * instant. Instants are the times of inputs and the times at which a window passes. Nothing depends on the order of
 * inputs with equal times.
 */
import type { CorrelationPlan, RulePlan } from './compile.ts';
import type { Episode } from './episode.ts';
import { type Interner, quantityOf } from './interner.ts';
import { Lane, type LaneListener } from './lane.ts';
import type { Route } from './lane-plan.ts';

/** Every so many instants, groups whose window has passed are let go in all lanes. */
const EVICT_EVERY = 4096;

export class Sweep implements LaneListener {
  readonly lanes: readonly Lane[];
  ungrouped = 0;
  valueless = 0;
  readonly #plan: CorrelationPlan;
  readonly #interner: Interner;
  readonly #told: (lane: Lane, slot: number, episode: Episode) => void;
  readonly #values: readonly Int32Array[];
  readonly #tuples: readonly Int32Array[];
  /** lanes that may have second looks, for the time of the next one */
  readonly #timed: readonly Lane[];
  #nextDue = Number.POSITIVE_INFINITY;
  #now = Number.NEGATIVE_INFINITY;
  #instants = 0;

  constructor(
    plan: CorrelationPlan,
    interner: Interner,
    maxRefs: number,
    told: (lane: Lane, slot: number, episode: Episode) => void,
  ) {
    this.#plan = plan;
    this.#interner = interner;
    this.#told = told;
    this.lanes = plan.lanes.map((lane, index) => new Lane(lane, index, interner, this, maxRefs));
    this.#timed = this.lanes.filter((lane) => lane.plan.decision !== 'prompt');
    this.#values = plan.lanes.map((lane) => new Int32Array(lane.groupBy.length + lane.carried.length));
    this.#tuples = plan.lanes.map((lane) => new Int32Array(lane.tupleOfPositions ? 0 : lane.tupleWidth));
  }

  /** the instant being worked on */
  get now(): number {
    return this.#now;
  }

  /**
   * Takes in one input; times must not go back. `texts[i]` and `numbers[i]` belong to the rule's field `i`.
   */
  input(time: number, rule: RulePlan, texts: Int32Array, numbers: Float64Array, ref: unknown): void {
    if (time > this.#now) this.#advance(time);
    for (const route of rule.routes) {
      const values = this.#values[route.lane];
      for (let i = 0; i < values.length; i++) values[i] = texts[route.values[i]];
      const tuple = this.#tuples[route.lane];
      for (let i = 0; i < tuple.length; i++) tuple[i] = texts[route.tuple[i]];
      this.#deliver(time, route, values, tuple, route.number < 0 ? 0 : numbers[route.number], ref);
    }
  }

  #deliver(time: number, route: Route, values: Int32Array, tuple: Int32Array, value: number, ref: unknown): void {
    if (tuple.includes(0) || Number.isNaN(value)) {
      this.valueless++;
      return;
    }
    if (!this.lanes[route.lane].add(time, route.source, values, tuple, value, ref)) this.ungrouped++;
  }

  /** Judges everything before `time`, and makes it the instant to work on. */
  #advance(time: number): void {
    this.#judge(this.#now);
    while (this.#nextDue < time) this.#judge(this.#nextDue);
    this.#now = time;
    if (++this.#instants % EVICT_EVERY === 0) for (const lane of this.lanes) lane.evict(time);
  }

  #judge(time: number): void {
    // lanes are ordered inner ones first, and a match goes only to later ones
    for (const lane of this.lanes) {
      if (lane.waiting) lane.judge(time);
      if (lane.nextDue === time) lane.lookAgain(time);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const lane of this.#timed) next = Math.min(next, lane.nextDue);
    this.#nextDue = next;
  }

  /** Judges everything up to and including `time`; later inputs must be later than that. */
  advance(time: number): void {
    if (time < this.#now) return;
    if (time > this.#now) this.#advance(time);
    this.#judge(time);
    for (const lane of this.lanes) lane.evict(time);
  }

  /** Reports the runs that go on and have grown since they were told. */
  tellRunning(): void {
    for (const lane of this.lanes) lane.tellRunning();
  }

  /** Judges all that is left: every window passes, every run ends. */
  finish(): void {
    this.#judge(this.#now);
    while (this.#nextDue < Number.POSITIVE_INFINITY) this.#judge(this.#nextDue);
    for (const lane of this.lanes) lane.evict(Number.POSITIVE_INFINITY);
  }

  hit(lane: Lane, slot: number, at: number, episode: Episode, begins: boolean): void {
    for (const route of this.#plan.outputs[lane.index]) {
      const outer = this.#plan.lanes[route.lane];
      // a run is one event to a count, and holds for as long as it lasts to a condition about order or presence
      const lasting = outer.terms || outer.tupleOfPositions || outer.correlation.type === 'temporal_ordered';
      if (!begins && !lasting) continue;
      const values = this.#values[route.lane];
      for (let i = 0; i < values.length; i++) values[i] = lane.part(slot, route.values[i]);
      const tuple = this.#tuples[route.lane];
      for (let i = 0; i < tuple.length; i++) tuple[i] = lane.part(slot, route.tuple[i]);
      const value = route.number < 0 ? 0 : quantityOf(this.#interner.text(lane.part(slot, route.number)));
      this.#deliver(at, route, values, tuple, value, episode);
    }
  }

  told(lane: Lane, slot: number, episode: Episode): void {
    this.#told(lane, slot, episode);
  }
}
