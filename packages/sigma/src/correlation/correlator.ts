/**
 * Correlation rules at run time. docs/sigma-correlations.md says the same for users; this is the definition.
 *
 * **Events and groups.** An event of a correlation is a match of one of its rules, at the event's own time. It belongs
 * to the group named by its group-by values (compared without case; a missing value, or null, belongs to no group).
 *
 * **Windows.** All times are compared by event time, whatever the order of arrival, and a window of length `timespan`
 * includes both its ends. W(t) is what happened in [t - timespan, t].
 *
 * - *Lower bounds only* (`gt`, `gte` on counts, distinct counts and sums; `temporal`; `temporal_ordered`): the
 *   condition is asked of W(t) at each event's time t, all events of that time included. It *hits* at t.
 * - *Anything else* (`lt`, `lte`, `eq`, `neq`, ranges; averages, percentiles, medians) would hold of nearly every burst
 *   while it grows, so it is asked of *full* windows only: [s, s + timespan] for each event's time s, left out where
 *   that holds no event which the window before it didn't hold. It hits at s + timespan, when it can't change any more.
 * - *Absence* (`a and not b`): what has to have occurred is asked of W(t), at the time t of an event that is part of
 *   it; what must be absent is asked of [t - timespan, t + timespan]. It hits at t + timespan.
 *
 * **Runs.** Hits of a group whose distance is at most a timespan are one run, and a run is one match: a brute force of
 * 1,000 attempts is reported once, with its count. After a timespan without a hit the next one begins a new run.
 *
 * **Chains.** A run of an inner correlation is one event, at its first hit, to counts; to `temporal` and
 * `temporal_ordered` every hit is an event, so "many failures, then a success" holds while the failures still go on.
 *
 * **Order of arrival.** Inputs are collected and put in order; what comes out depends on the inputs alone, not on their
 * order, as long as they fit the buffer. When it is full its older half is judged. An input older than what was judged
 * is *late*: late ones are collected and judged among themselves.
 */
import type { Correlation, Refusal, Rule, RuleSet } from '../ast.ts';
import { compileCorrelations, type RulePlan } from './compile.ts';
import { Episode } from './episode.ts';
import { Interner, nameOf, quantityOf } from './interner.ts';
import type { Lane } from './lane.ts';
import type { LanePlan } from './lane-plan.ts';
import type { Contribution, CorrelationMatch, CorrelatorStats } from './match.ts';
import { ReorderBuffer } from './reorder-buffer.ts';
import { Sweep } from './sweep.ts';
import { whyMatched } from './why.ts';

/** One match of a rule that a correlation refers to. */
export interface CorrelatorInput {
  /** the rule's index in `set.rules` (ids may repeat, indices don't) */
  readonly rule: number;
  /** microseconds since 1970 UTC */
  readonly time: number;
  /** values of the fields that `needs(rule)` names, in that order; undefined or null where absent */
  readonly values: readonly unknown[];
  /** the caller's reference to the event, handed back in `contributions` */
  readonly ref: unknown;
}

export interface CorrelatorOptions {
  /** called with every match; in a scan mostly from `finish`. With `tellRunning`, again as a run grows */
  readonly onMatch?: (match: CorrelationMatch) => void;
  /**
   * inputs that wait to be put in order; a quarter of it again for late ones. Default 500,000, about 40 bytes each besides
   * what `ref` holds: a number is free, an object is kept alive */
  readonly bufferInputs?: number;
  /** contributions that a match carries at most. Default 100 */
  readonly maxRefs?: number;
}

export interface Correlator {
  /** Correlations that can't run, and why. */
  readonly refused: readonly Refusal[];
  /** The fields to keep of an event that a rule matched; undefined where no correlation refers to the rule. */
  needs(rule: Rule): readonly string[] | undefined;
  /** The rule's index in `set.rules`, for inputs; undefined for a rule of another set. */
  indexOf(rule: Rule): number | undefined;
  /** Whether matches of a rule or correlation are findings of their own, or only feed correlations (`generate: false`). */
  standsAlone(source: Rule | Correlation): boolean;
  /** Takes in one match of a rule. */
  add(input: CorrelatorInput): void;
  /** Says that no more inputs up to and including `time` are to come: judges them now. */
  advance(time: number): void;
  /**
   * Reports the runs that go on: each now, and again only when it has grown, with the same group and start. Without it a run is told when it ends,
   * which in a group that is never quiet may be never.
   */
  tellRunning(): void;
  /** Judges everything that is left. The correlator is empty afterwards and may be used again. */
  finish(): void;
  stats(): CorrelatorStats;
}

/** Measured: twice as many, put in order, take a scan past the 400 MiB that it is given. */
const DEFAULT_BUFFER = 500_000;
const DEFAULT_REFS = 100;
const NO_RULE: RulePlan = { fields: [], textual: [], numeric: [], routes: [] };

/** Makes a correlator for all correlations of a rule set. */
export function createCorrelator(set: RuleSet, options: CorrelatorOptions = {}): Correlator {
  const plan = compileCorrelations(set);
  const rules = set.rules.map((rule) => plan.rules.get(rule) ?? NO_RULE);
  const indices = new Map(set.rules.map((rule, index) => [rule, index]));
  const interner = new Interner();
  const maxRefs = options.maxRefs ?? DEFAULT_REFS;
  const limit = options.bufferInputs ?? DEFAULT_BUFFER;
  if (!(limit >= 2)) throw new TypeError(`bufferInputs must be at least 2, not ${limit}`);
  const buffer = new ReorderBuffer(rules, limit);
  const lateBuffer = new ReorderBuffer(rules, Math.max(2, Math.ceil(limit / 4)));
  const counts = { inputs: 0, untimed: 0, late: 0, ungrouped: 0, valueless: 0 };

  const deliver = (lane: Lane, slot: number, episode: Episode) => {
    if (!lane.plan.reported || options.onMatch === undefined) return;
    const group: Record<string, string> = Object.create(null);
    for (const [i, field] of lane.plan.groupBy.entries()) group[field] = interner.text(lane.part(slot, i));
    options.onMatch(matchOf(lane.plan, episode, group, maxRefs));
  };
  const fresh = () => new Sweep(plan, interner, maxRefs, deliver);
  let sweep = fresh();

  const into =
    (target: Sweep) => (time: number, rule: number, texts: Int32Array, numbers: Float64Array, ref: unknown) => {
      target.input(time, rules[rule], texts, numbers, ref);
      const { textual } = rules[rule];
      for (let i = 0; i < textual.length; i++) interner.release(texts[i]);
    };
  const count = (done: Sweep) => {
    counts.ungrouped += done.ungrouped;
    counts.valueless += done.valueless;
    done.ungrouped = 0;
    done.valueless = 0;
  };
  const judgeLate = () => {
    if (lateBuffer.size === 0) return;
    const side = fresh();
    lateBuffer.releaseUntil(Number.POSITIVE_INFINITY, into(side));
    side.finish();
    count(side);
  };

  let values: readonly unknown[] = [];
  const text = (i: number): number => {
    const name = nameOf(values[i]);
    return name === undefined ? 0 : interner.hold(name);
  };
  const number = (i: number): number => quantityOf(values[i]);

  return {
    refused: plan.refused,
    needs: (rule) => plan.rules.get(rule)?.fields,
    indexOf: (rule) => indices.get(rule),
    standsAlone: (source) => !plan.silenced.has(source),
    add(input) {
      const rule = rules[input.rule];
      if (rule === undefined) throw new TypeError(`no rule has the index ${input.rule}`);
      if (rule.routes.length === 0) return;
      counts.inputs++;
      if (!Number.isFinite(input.time)) {
        counts.untimed++;
        return;
      }
      values = input.values;
      const late = input.time <= sweep.now;
      if (late) counts.late++;
      const target = late ? lateBuffer : buffer;
      target.add(input.time, input.rule, input.ref, text, number);
      if (!target.full) return;
      if (late) judgeLate();
      else buffer.releaseHalf(into(sweep));
    },
    advance(time) {
      buffer.releaseUntil(time, into(sweep));
      sweep.advance(time);
      judgeLate();
    },
    tellRunning: () => sweep.tellRunning(),
    finish() {
      buffer.releaseUntil(Number.POSITIVE_INFINITY, into(sweep));
      sweep.finish();
      count(sweep);
      judgeLate();
      sweep = fresh();
    },
    stats: () => ({
      inputs: counts.inputs,
      untimed: counts.untimed,
      late: counts.late,
      ungrouped: counts.ungrouped + sweep.ungrouped,
      valueless: counts.valueless + sweep.valueless,
      groups: sweep.lanes.reduce((sum, lane) => sum + lane.groups, 0),
      bytes: sweep.lanes.reduce((sum, lane) => sum + lane.bytes, buffer.bytes + lateBuffer.bytes),
    }),
  };
}

function matchOf(
  plan: LanePlan,
  episode: Episode,
  group: Readonly<Record<string, string>>,
  maxRefs: number,
): CorrelationMatch {
  const contributions: Contribution[] = [];
  collect(episode, maxRefs, contributions);
  contributions.sort((a, b) => a.time - b.time);
  const countsRun = plan.correlation.type === 'event_count' && plan.decision === 'prompt';
  const match = {
    correlation: plan.correlation,
    group,
    start: episode.start,
    end: episode.end,
    fired: episode.fired,
    value: countsRun ? episode.count : episode.value,
    count: episode.count,
    contributions,
    sources: [...episode.sources]
      .sort((a, b) => plan.positionOf[a] - plan.positionOf[b] || a - b)
      .map((source) => plan.sources[source]),
  };
  return { ...match, why: whyMatched(match) };
}

/** The events behind a run: first its own, so that an inner run of thousands doesn't crowd them out, then inner ones. */
function collect(episode: Episode, maxRefs: number, into: Contribution[]): void {
  const inner: Episode[] = [];
  for (const { ref, source, time } of episode.held) {
    const from = episode.owner.sources[source];
    if (ref instanceof Episode && from.kind === 'correlation') inner.push(ref);
    else if (from.kind === 'rule' && into.length < maxRefs) into.push({ ref, rule: from, time });
  }
  for (const one of inner) if (into.length < maxRefs) collect(one, maxRefs, into);
}
