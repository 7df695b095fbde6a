import type { Bound, Rule } from '@chaperone/sigma';
import type { Attribution, Facts } from '../../registry/index.ts';
import type { LogEvent, NormalPath, Place } from '../../telemetry/index.ts';
import type { Attributor } from '../attribution/index.ts';
import type { Indicator, IndicatorMatcher } from '../indicators/index.ts';
import type { ClassBook, PlannedRole } from './class-book.ts';
import { type Explained, Explainer } from './explained.ts';
import { type Entry, Ledger } from './ledger.ts';
import { type RuleRow, sourceFields } from './rule-table.ts';
import { shownToRules } from './values-only.ts';

/** An indicator met, as the lanes report it; findings are made of these at the end, one per indicator, account and host. */
export interface Sighting {
  readonly indicator: Indicator;
  readonly path: NormalPath;
  readonly field: string;
  readonly value: string;
  readonly entry: number;
  count: number;
  first: number;
  last: number;
  readonly place: Place;
}

/** A match of a rule that a correlation refers to. */
export interface CorrelationInput {
  readonly rule: number;
  readonly time: number;
  readonly values: readonly unknown[];
  readonly place: Place;
  readonly entry: number;
}

/** Values of a path remembered as "no indicator", at most. */
const REMEMBERED = 200_000;
/** Longer texts can't be a name, an address or a path. */
const LONGEST_NAME = 512;
const SIGHTINGS = 20_000;

export interface JudgementParts {
  readonly book: ClassBook;
  readonly rows: ReadonlyMap<Rule, RuleRow>;
  /** a rule holds for an event, and stands alone */
  matched(row: RuleRow, entry: Entry, explained: Explained, event: LogEvent): void;
  readonly attributor: Attributor;
  readonly indicators: IndicatorMatcher;
  /** fields to keep of a match that feeds correlations; undefined: none */
  needs(rule: Rule): readonly string[] | undefined;
  correlate(input: CorrelationInput): void;
  /** whether events with these facts are to be shown to the terms' judge one by one */
  wants(facts: Facts, attribution: Attribution): boolean;
  watch(entry: Entry, time: number, place: Place): void;
  /** microseconds; undefined: open */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Everything that happens to an event after it was decoded, for all lanes of a thread. */
export class Judgement {
  readonly ledger: Ledger;
  readonly sightings = new Map<string, Sighting>();
  records = 0;
  untimed = 0;
  outside = 0;
  private readonly parts: JudgementParts;
  private readonly explainer = new Explainer();
  private readonly boundNumbers = new Map<Bound, number>();
  private readonly clean = new Map<NormalPath, Map<string, boolean>>();
  private readonly tuple = new Int32Array(48);
  private readonly ranks = new Int32Array(48);
  private readonly timed: boolean;

  constructor(parts: JudgementParts) {
    this.parts = parts;
    this.ledger = new Ledger(
      (facts) => parts.attributor.attribute(facts),
      (facts, attribution) => parts.wants(facts, attribution),
    );
    this.timed = parts.since !== undefined || parts.until !== undefined;
  }

  /** Counts a record and says whether it is within the period asked for. One without a time is judged: it may be within. */
  admits(time: number): boolean {
    this.records += 1;
    if (Number.isNaN(time)) this.untimed += 1;
    else if (this.timed) {
      const { since, until } = this.parts;
      if ((since !== undefined && time < since) || (until !== undefined && time >= until)) {
        this.outside += 1;
        return false;
      }
    }
    return true;
  }

  /** Judges an event that is there as a whole, and says as what it was counted. */
  event(event: LogEvent): Entry {
    const plan = this.parts.book.of(event.class);
    const { tuple, ranks } = this;
    const time = event.time ?? Number.NaN;
    for (let i = plan.paths.length - 1; i >= 0; i -= 1) tuple[i] = 0;
    let hit = false;
    for (let i = 0; i < plan.roles.length; i += 1) {
      const role = plan.roles[i];
      const value = event.get(role.role.field);
      if (value === undefined || value === null) continue;
      if (role.tuple >= 0 && (tuple[role.tuple] === 0 || role.rank < ranks[role.tuple])) {
        const number = this.say(role, value);
        if (number !== 0) {
          tuple[role.tuple] = number;
          ranks[role.tuple] = role.rank;
        }
      }
      if (role.indicator && this.indicated(role.path, value)) hit = true;
    }
    const outcome = event.class.outcome === undefined ? 'unknown' : event.class.outcome(event);
    const { number, paths } = plan;
    const entry =
      this.ledger.find(number, outcome, tuple, paths.length) ??
      this.ledger.make(number, event.class, outcome, paths, tuple, paths.length, event.place);
    this.ledger.count(entry, time);
    if (entry.watched) this.parts.watch(entry, time, event.place);
    const matched = plan.view.match(plan.view.keywords ? shownToRules(event) : event);
    for (let i = 0; i < matched.length; i += 1) this.match(matched[i], entry, event);
    if (hit) {
      for (const role of plan.roles) {
        const value = event.get(role.role.field);
        if (role.indicator && this.indicated(role.path, value))
          this.indicator(role.path, role.role.field, value, entry, event);
      }
    }
    return entry;
  }

  /** The number of a role's value for the tuple; 0 where it says nothing. */
  say(role: PlannedRole, value: unknown): number {
    if (role.tuple < 0) return 0;
    const text = textOf(value);
    if (text === '' || text === '-' || text.length > LONGEST_NAME) return 0;
    if (role.selective && !this.parts.attributor.knows(role.path, text)) return 0;
    return this.ledger.pool.number(text);
  }

  /** Whether any indicator matches a value. */
  indicated(path: NormalPath, value: unknown): boolean {
    const text = textOf(value);
    if (text === '' || text === '-') return false;
    let known = this.clean.get(path);
    if (known === undefined) {
      known = new Map();
      this.clean.set(path, known);
    }
    let hit = known.get(text);
    if (hit === undefined) {
      hit = this.parts.indicators.match(path, text).length > 0;
      if (known.size >= REMEMBERED) known.clear();
      if (text.length <= LONGEST_NAME) known.set(text, hit);
    }
    return hit;
  }

  /** Why a rule holds for an event. */
  explain(bound: Bound, event: LogEvent): Explained {
    return this.explainer.of(this.parts.rows.get(bound.rule)!, bound, event);
  }

  /** A number for a bound rule, unique in this thread. */
  numberOf(bound: Bound): number {
    let number = this.boundNumbers.get(bound);
    if (number === undefined) {
      number = this.boundNumbers.size;
      this.boundNumbers.set(bound, number);
    }
    return number;
  }

  /** The source's fields that a bound rule reads; undefined where it looks at all values. */
  fieldsOf(bound: Bound): readonly string[] | undefined {
    const row = this.parts.rows.get(bound.rule)!;
    return row.keywords ? undefined : sourceFields(row, bound);
  }

  /** Reports a match. `known` is its explanation, where the caller has it already. */
  match(bound: Bound, entry: Entry, event: LogEvent, known?: Explained): void {
    const row = this.parts.rows.get(bound.rule)!;
    const time = event.time ?? Number.NaN;
    const needs = this.parts.needs(bound.rule);
    if (needs !== undefined && !Number.isNaN(time)) {
      const values = needs.map((field) => event.get(bound.offer.fields?.[field] ?? field));
      this.parts.correlate({ rule: row.number, time, values, place: event.place, entry: entry.number });
    }
    if (row.alone && !this.told(row, entry))
      this.parts.matched(row, entry, known ?? this.explainer.of(row, bound, event), event);
  }

  /** Whether a match needs no explanation, for its finding was told before. The scan tells each. */
  protected told(_row: RuleRow, _entry: Entry): boolean {
    return false;
  }

  /** Counts an indicator's hit; the findings are made at the end. */
  indicator(path: NormalPath, field: string, value: unknown, entry: Entry, event: LogEvent): void {
    const text = textOf(value);
    const time = event.time ?? Number.NaN;
    for (const indicator of this.parts.indicators.match(path, text)) {
      const key = `${indicator.type}\0${indicator.value}\0${entry.number}`;
      const known = this.sightings.get(key);
      if (known !== undefined) {
        known.count += 1;
        if (!(known.first <= time)) known.first = !Number.isNaN(time) ? time : known.first;
        if (!(known.last >= time)) known.last = !Number.isNaN(time) ? time : known.last;
      } else if (this.sightings.size < SIGHTINGS) {
        this.sightings.set(key, {
          indicator,
          path,
          field,
          value: text.slice(0, LONGEST_NAME),
          entry: entry.number,
          count: 1,
          first: time,
          last: time,
          place: event.place,
        });
      }
    }
  }

  watch(entry: Entry, time: number, place: Place): void {
    this.parts.watch(entry, time, place);
  }
}

/** A value as text; what isn't a scalar says nothing here. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value) && value.length > 0) return textOf(value[0]);
  return '';
}
