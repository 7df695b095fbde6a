import type { Entry } from '../engine/ledger.ts';
import type { RuleRow } from '../engine/rule-table.ts';
import type { Finding } from '../finding.ts';
import { exceptionFor, type LiveException } from './exceptions.ts';
import { type LiveFinding, liveFindingId, MOST_EVENTS } from './live-finding.ts';

/** Findings remembered as stored, and matches whose finding is remembered; past either all are forgotten and told whole once more. */
const MOST_STORED = 50_000;
const MOST_MATCHES = 200_000;
const HOUR = 3_600_000_000;

/** Which finding a rule's match of one activity belongs to. */
interface Match {
  readonly id: string;
  readonly hour: number;
  readonly exception: LiveException | undefined;
}

/** The event at hand. Times are microseconds since 1970 UTC; NaN: it states none. */
interface At {
  readonly event: string;
  readonly time: number;
  readonly received: number;
  readonly late: boolean;
  readonly source: string;
}

/**
 * Gathers what the events of a batch found. The same rule finds the same account on the same host again and again; a finding that was told and
 * stored only grows then, and neither its sentence nor its evidence is made once more.
 */
export class FindingCollector {
  readonly #organization: string;
  #exceptions: readonly LiveException[];
  /** rules of which an exception asks for values, which differ from event to event; undefined: of any rule */
  #byValue: ReadonlySet<string> | undefined = new Set();
  /** and how many events each has at least */
  readonly #stored = new Map<string, number>();
  readonly #matches = new Map<number, Match>();
  #found = new Map<string, LiveFinding>();
  #ids: string[] = [];
  #at: At = { event: '', time: Number.NaN, received: 0, late: false, source: '' };
  #when = 0;
  #whole = false;

  constructor(organization: string, exceptions: readonly LiveException[]) {
    this.#organization = organization;
    this.#exceptions = exceptions;
    this.except(exceptions);
  }

  /** Exceptions that hold from now on. */
  except(exceptions: readonly LiveException[]): void {
    this.#exceptions = exceptions;
    const asking = exceptions.filter(({ fields, source_id }) => fields.length > 0 || (source_id ?? null) !== null);
    this.#byValue = asking.some((one) => one.rule_id === null)
      ? undefined
      : new Set(asking.map((one) => one.rule_id as string));
    this.#matches.clear();
  }

  /** @param whole every finding is told with its document, as if none were stored */
  begin(whole: boolean): void {
    this.#found = new Map();
    this.#whole = whole;
  }

  event(at: At): void {
    this.#at = at;
    this.#when = Number.isNaN(at.time) ? at.received : at.time;
    this.#ids = [];
  }

  /** Counts a match whose finding is known; false: it must be told whole, by `add`. */
  again(row: RuleRow, entry: Entry): boolean {
    const match = this.#matches.get(entry.number * 0x10_0000 + row.number);
    if (match === undefined || match.hour !== Math.floor(this.#when / HOUR)) return false;
    if (match.exception !== undefined && this.#at.received >= match.exception.ends) return false;
    const known = this.#found.get(match.id);
    if (known !== undefined) {
      this.#grow(known);
      return true;
    }
    if (this.#whole || !this.#stored.has(match.id)) return false;
    this.#begin(match.id, 'rule', row.rule.level, entry.attribution.person, undefined, match.exception);
    return true;
  }

  /** Adds what the event at hand brought about. `row`: the rule whose match it is. */
  add(about: Finding, entry: Entry, row?: RuleRow): void {
    const id = liveFindingId(this.#organization, about, about.rule.id, this.#when);
    let known = this.#found.get(id);
    if (known === undefined) {
      const document = { ...about, id };
      const exception = exceptionFor(this.#exceptions, document, this.#at.received, this.#at.source);
      known = this.#begin(id, about.detector, about.level, entry.attribution.person, document, exception);
    } else this.#grow(known);
    if (row === undefined || this.#byValue === undefined || this.#byValue.has(row.rule.id)) return;
    const exception = this.#exceptions.find((one) => one.id === known.exception);
    if (this.#matches.size >= MOST_MATCHES) this.#matches.clear();
    this.#matches.set(entry.number * 0x10_0000 + row.number, { id, hour: Math.floor(this.#when / HOUR), exception });
  }

  /** Findings of the event at hand. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  take(): readonly LiveFinding[] {
    return [...this.#found.values()];
  }

  /** Says that findings are stored, and how many events of each were told. */
  stored(told: readonly (readonly [id: string, events: number])[]): void {
    if (this.#stored.size + told.length > MOST_STORED) this.#stored.clear();
    for (const [id, events] of told) this.#stored.set(id, (this.#stored.get(id) ?? 0) + events);
  }

  /** Entries of the ledger are numbered anew. */
  renew(): void {
    this.#matches.clear();
  }

  #begin(
    id: string,
    detector: Finding['detector'],
    level: Finding['level'],
    person: string | undefined,
    document: Finding | undefined,
    exception: LiveException | undefined,
  ): LiveFinding {
    const { event, time, late, source } = this.#at;
    const finding: LiveFinding = {
      id,
      detector,
      level,
      first: this.#when,
      last: this.#when,
      count: 1,
      events: this.#named(id) ? [] : [{ id: event, time }],
      person,
      document,
      source,
      exception: exception?.id,
      late,
    };
    this.#found.set(id, finding);
    this.#ids.push(id);
    return finding;
  }

  #grow(finding: LiveFinding): void {
    // A rule that is loaded twice, or an indicator in two fields: the event counts once.
    if (this.#ids.includes(finding.id)) return;
    this.#ids.push(finding.id);
    const { event, time, late } = this.#at;
    finding.count += 1;
    if (this.#when < finding.first) finding.first = this.#when;
    if (this.#when > finding.last) finding.last = this.#when;
    finding.late ||= late;
    if (finding.events.length > 0 && finding.events.length < MOST_EVENTS) finding.events.push({ id: event, time });
  }

  /** Whether a finding names its first events already; twice as many, for a delivery that is repeated is told twice and counts once. */
  #named(id: string): boolean {
    return !this.#whole && (this.#stored.get(id) ?? 0) >= 2 * MOST_EVENTS;
  }
}
