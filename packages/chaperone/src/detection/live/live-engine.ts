import {
  type Bound,
  type CorrelationMatch,
  type Correlator,
  createCorrelator,
  createPlan,
  type Rule,
} from '@chaperone/sigma';
import { type Activity, type Attribution, loadRegistry, type Registry } from '../../registry/index.ts';
import { EventEncoder, type EventRow } from '../../storage/index.ts';
import {
  createRecordDecoder,
  type EventClass,
  type LogEvent,
  type NormalPath,
  type Place,
  type RecordDecoder,
  type Unread,
} from '../../telemetry/index.ts';
import { createAttributor } from '../attribution/index.ts';
import { detectChange } from '../change/index.ts';
import { ClassBook } from '../engine/class-book.ts';
import { correlationFinding } from '../engine/correlation-findings.ts';
import type { Explained } from '../engine/explained.ts';
import type { CorrelationInput, Judgement } from '../engine/judgement.ts';
import type { Entry } from '../engine/ledger.ts';
import { subject } from '../engine/recorder.ts';
import { rfc3339 } from '../engine/rfc3339.ts';
import { type RuleRow, ruleRow, sourceFields } from '../engine/rule-table.ts';
import { sightingFinding } from '../engine/sighting-findings.ts';
import { Teller } from '../engine/teller.ts';
import type { Finding } from '../finding.ts';
import { createIndicatorMatcher, type Indicator } from '../indicators/index.ts';
import { createJudge, type Judge } from '../terms/index.ts';
import { FieldStore } from './event-fields.ts';
import { recordId } from './event-id.ts';
import { exceptionFor, type LiveException } from './exceptions.ts';
import { FindingCollector } from './finding-collector.ts';
import type { JudgedBatch, LiveBatch, LiveRules, LiveSetup, LiveSource } from './live-batch.ts';
import { type LiveFinding, liveFindingId, MOST_EVENTS } from './live-finding.ts';
import { LiveJudgement } from './live-judgement.ts';
import { masked, SEALED_LINE } from './masking.ts';
import { RecentIds } from './recent-ids.ts';
import { type Meetings, Sightings } from './sightings.ts';
import { unreadRow } from './unread-row.ts';

/** An entry of the ledger together with the event at hand. */
interface LivePlace extends Place {
  readonly event: string;
}

/** An input of a correlation with who it was: the ledger in which its entry stands may be begun anew before the window is full. */
type LiveInput = CorrelationInput & { readonly attribution: Attribution | undefined };

/** The ledger is begun anew past this many distinct activities: a stream has no end. */
const MOST_ENTRIES = 100_000;
/** Characters of a line that couldn't be read, as it is shown. */
const MOST_LINE = 2_000;
const RAW = 6_000;
/** Days of providers' use that terms are judged by; fewer, down to one, where there is more than can be remembered. */
const MOST_DAYS = 8;
const DAY = 86_400_000_000;
/** Terms are judged over all that is remembered; that may take this share of the time. */
const SHARE = 0.1;
/** Findings whose last wording is remembered. */
const MOST_SAID = 50_000;

/** Numbers of batches are unique in a thread: one that an engine's predecessor judged must not confirm another's. */
let batches = 0;

/** Judges the events of one organisation as they come. The scan's engine, with findings that grow instead of a report at the end. */
export class LiveEngine {
  readonly registry: Registry | undefined;
  readonly #setup: LiveSetup;
  #exceptions: readonly LiveException[];
  readonly #mask: (value: string) => string;
  readonly #seal: (record: string) => string;
  readonly #rows: ReadonlyMap<Rule, RuleRow>;
  readonly #correlator: Correlator;
  readonly #teller: Teller;
  readonly #fields: FieldStore;
  readonly #encoder = new EventEncoder();
  readonly #decoders = new Map<string, { source: LiveSource; decoder: RecordDecoder }>();
  readonly #kinds = new Set<string>();
  readonly #matches: CorrelationMatch[] = [];
  readonly #unconfirmed = new Map<
    number,
    {
      inputs: LiveInput[];
      watched: [Entry, number, LivePlace][];
      newest: number;
      told: (readonly [id: string, events: number])[];
      met: Meetings;
    }
  >();
  readonly #collector: FindingCollector;
  readonly #makeJudgement: () => Judgement;
  #judgement: Judgement;
  #judge: Judge | undefined;
  #sequence = 0;
  #received = 0;
  /** newest event time among confirmed events */
  #newest = Number.NEGATIVE_INFINITY;
  #dirty = false;
  /** when terms may be judged next (milliseconds of the process), and since when use is remembered (microseconds) */
  #nextJudging = 0;
  #remembered = Number.NEGATIVE_INFINITY;
  /** events that correlations and terms know of */
  readonly #fed = new RecentIds();
  readonly #sightings = new Sightings();
  /** findings of terms and changes as they were said last, by id */
  readonly #said = new Map<string, string>();
  // What the event at hand brought about
  #inputs: LiveInput[] = [];
  #watched: [Entry, number, LivePlace][] = [];
  #ruleIds: string[] = [];
  #hits = new Map<string, number>();

  /**
   * @param mask replaces a value that must not be kept
   * @param seal hides a record whose values can't be masked, for nobody can read it
   * @param shared `setup.rules` with the plan that was made of them
   */
  constructor(
    setup: LiveSetup,
    mask: (value: string) => string,
    seal: (record: string) => string,
    { rules: all, plan }: LiveRules = { rules: setup.rules, plan: createPlan(setup.rules.rules) },
  ) {
    this.#setup = setup;
    this.#mask = mask;
    this.#seal = seal;
    this.#exceptions = setup.exceptions;
    this.#collector = new FindingCollector(setup.organization, setup.exceptions);
    this.registry =
      setup.registry === undefined
        ? undefined
        : loadRegistry(setup.registry.text, `registry version ${setup.registry.version}`).registry;
    this.#teller = new Teller(this.registry, setup.zone);
    const off = new Set(setup.off);
    const correlations = all.correlations.filter(({ id }) => !off.has(id));
    this.#correlator = createCorrelator({ ...all, correlations }, { onMatch: (match) => this.#matches.push(match) });
    const rules = new Map(
      all.rules.map((rule, index) => [rule, ruleRow(rule, index, this.#correlator.standsAlone(rule))]),
    );
    this.#rows = rules;
    const indicators = createIndicatorMatcher(setup.indicators);
    const paths = new Set<NormalPath>(indicators.paths);
    this.#fields = new FieldStore((eventClass) => this.#readOf(eventClass, plan.view(eventClass.offers).rules));
    const attributor = createAttributor(this.registry);
    this.#judge = this.registry === undefined ? undefined : createJudge(this.registry);
    this.#makeJudgement = () =>
      new LiveJudgement(
        {
          book: new ClassBook(plan, paths),
          rows: rules,
          matched: (row, entry, explained, event) => this.#matched(row, entry, explained, event),
          attributor,
          indicators,
          needs: (rule) => this.#correlator.needs(rule),
          correlate: (input) => {
            this.#ruleIds.push(all.rules[input.rule].id);
            this.#inputs.push({ ...input, attribution: this.#judgement.ledger.entries[input.entry]?.attribution });
          },
          wants: (facts, attribution) => this.#judge?.wants(facts, attribution) ?? false,
          watch: (entry, time, place) => this.#watched.push([entry, time, place as LivePlace]),
          since: undefined,
          until: undefined,
        },
        (indicator, path, field, value, entry, event) => this.#sighted(indicator, path, field, value, entry, event),
        (row, entry) => this.#again(row, entry),
        off,
      );
    this.#judgement = this.#makeJudgement();
  }

  /** Exceptions that hold from now on. */
  except(exceptions: readonly LiveException[]): void {
    this.#exceptions = exceptions;
    this.#collector.except(exceptions);
  }

  /** Judges a batch. What it feeds into correlations and terms counts only after `confirm`, when the batch is stored. */
  judge(batch: LiveBatch): JudgedBatch {
    const number = batches;
    batches += 1;
    this.#received = batch.received;
    this.#inputs = [];
    this.#watched = [];
    this.#hits = new Map();
    this.#collector.begin(batch.whole === true);
    const misread: JudgedBatch['misread'][number][] = [];
    const offsets: number[] = [];
    const kinds: string[] = [];
    let newest = Number.NaN;
    // What can't be read can't be masked.
    const sealed = batch.source.masking.length > 0;
    for (let index = 0; index < batch.texts.length; index += 1) {
      const decoded = this.#decode(batch, index);
      const { event, text, id } = decoded;
      if (event === undefined || 'kind' in event) {
        if (event !== undefined)
          misread.push({
            index,
            code: event.code,
            message: event.message,
            mend: event.mend,
            line: sealed ? SEALED_LINE : text.slice(0, MOST_LINE),
          });
        this.#encoder.add(unreadRow(id, batch.source.id, batch.received, sealed ? this.#seal(text) : text));
        continue;
      }
      const time = event.time ?? Number.NaN;
      if (!Number.isNaN(time)) {
        offsets.push(batch.received - time);
        if (!(newest >= time)) newest = time;
      }
      if (!this.#kinds.has(event.class.key) && this.#kinds.size < 10_000) {
        this.#kinds.add(event.class.key);
        kinds.push(event.class.key);
      }
      this.#ruleIds = [];
      const { received } = batch;
      const late = (Number.isNaN(time) ? received : time) < this.#newest - this.#setup.lateness;
      this.#collector.event({ event: id, time, received, late, source: batch.source.id });
      const entry = this.#judgement.event(event);
      this.#encoder.add(this.#row(batch, id, text, event, entry, this.#collector.ids));
    }
    const findings = this.#collector.take();
    const met = this.#sightings.take();
    const told = findings.map(({ id, count }) => [id, count] as const);
    this.#unconfirmed.set(number, { inputs: this.#inputs, watched: this.#watched, newest, told, met });
    if (this.#judgement.ledger.entries.length > MOST_ENTRIES) this.#renew();
    return {
      number,
      rows: this.#encoder.take(),
      findings,
      misread,
      hits: [...this.#hits],
      met: [...met.values()].map(({ indicator: { type, value }, events, at }) => ({
        type,
        value,
        count: events.size,
        at,
      })),
      newest,
      offset: median(offsets),
      kinds,
    };
  }

  /** Says that a batch is stored: what it feeds counts from now on. */
  confirm(number: number): void {
    const held = this.#unconfirmed.get(number);
    if (held === undefined) return;
    this.#unconfirmed.delete(number);
    this.#collector.stored(held.told);
    this.#sightings.stored(held.met);
    // What was delivered again, or is judged again from the store, must not count twice.
    const fed = new Set<string>();
    for (const input of held.inputs) {
      const { event } = input.place as LivePlace;
      fed.add(event);
      if (!this.#fed.has(event)) this.#correlator.add({ ...input, ref: input });
    }
    for (const [entry, time, place] of held.watched) {
      fed.add(place.event);
      if (!this.#fed.has(place.event)) this.#judge?.observe(entry, time, place);
    }
    for (const event of fed) this.#fed.add(event);
    if (held.newest > this.#newest) this.#newest = held.newest;
    this.#dirty = true;
  }

  /** Says that a batch was not stored: it will come again. */
  forget(number: number): void {
    this.#unconfirmed.delete(number);
  }

  /**
   * What time has decided: correlations whose windows are full, terms, and what nobody declared. Called now and then; `idle` says that nothing
   * more is under way, so that nothing need be waited for. `all`: terms too, however much of the time that takes.
   */
  settle(received: number, idle: boolean, all = idle): readonly LiveFinding[] {
    const findings = new Map<string, LiveFinding>();
    if (this.#newest > Number.NEGATIVE_INFINITY) {
      const until = idle
        ? Math.max(this.#newest, received - this.#setup.lateness)
        : this.#newest - this.#setup.lateness;
      this.#correlator.advance(until);
      this.#correlator.tellRunning();
    }
    const organization = this.#setup.slug;
    for (const match of this.#matches.splice(0)) {
      const about = correlationFinding(match, (input) => (input as LiveInput).attribution, organization, this.#teller);
      const key = `${JSON.stringify(match.group)} ${match.start}`;
      this.#settled(
        findings,
        about,
        liveFindingId(this.#setup.organization, about, about.rule.id, key),
        match.contributions.map(({ ref }) => (ref as CorrelationInput).place as LivePlace),
        match.count,
      );
    }
    const begun = performance.now();
    if (
      this.#dirty &&
      this.registry !== undefined &&
      this.#judge !== undefined &&
      (all || begun >= this.#nextJudging)
    ) {
      this.#dirty = false;
      const activities: Activity[] = this.#judgement.ledger.entries;
      const others = [
        ...this.#judge.finish({ activities }).findings,
        ...detectChange(this.registry, activities).findings,
      ];
      for (const about of others) {
        // An account that nobody declared is one finding for good; a broken term is one for each time.
        const when = about.detector === 'change' ? 'once' : Date.parse(about.time ?? '') * 1000 || 'untimed';
        const places = [about.source, ...(about.sources ?? [])] as LivePlace[];
        const id = liveFindingId(this.#setup.organization, about, about.rule.id, when);
        // The judge says everything each time; what was said before needs not be stored again.
        const said = `${about.level} ${about.time_end ?? ''} ${places.length} ${about.why}`;
        if (this.#said.get(id) === said) continue;
        if (this.#said.size >= MOST_SAID) this.#said.clear();
        this.#said.set(id, said);
        this.#settled(findings, about, id, places);
      }
      this.#forgetOld(this.#judge, Math.min(this.#newest, received));
      this.#nextJudging = performance.now() + (performance.now() - begun) / SHARE;
    }
    return [...findings.values()];
  }

  /** Whether `settle` left terms for later, so that they don't take too much of the time. */
  get pending(): boolean {
    return this.#dirty && this.#judge !== undefined;
  }

  /** Once a day, and when memory is full, use of long ago is forgotten. `now`: no later than what events say, nor than the clock. */
  #forgetOld(judge: Judge, now: number): void {
    if (this.#remembered === Number.NEGATIVE_INFINITY) this.#remembered = now;
    if (judge.load < 0.9 && now - this.#remembered < (MOST_DAYS + 1) * DAY) return;
    for (let days = MOST_DAYS; days >= 1; days /= 2) {
      this.#remembered = now - days * DAY;
      judge.forget(this.#remembered);
      if (judge.load < 0.9) return;
    }
  }

  /** Says that what `settle` gave could not be stored: it is given again the next time. */
  unsettle(): void {
    this.#said.clear();
    this.#dirty = true;
    this.#nextJudging = 0;
  }

  /** @param all how many events it is about, where that is more than it names */
  #settled(
    findings: Map<string, LiveFinding>,
    about: Finding,
    id: string,
    places: readonly LivePlace[],
    all = places.length,
  ): void {
    const first = micros(about.time);
    const last = about.time_end === undefined ? first : micros(about.time_end);
    const events = places.filter(({ event }) => event !== undefined).map(({ event }) => ({ id: event, time: first }));
    const document = { ...about, id };
    const exception = exceptionFor(this.#exceptions, document, Date.now() * 1000);
    findings.set(id, {
      id,
      detector: about.detector,
      level: about.level,
      first,
      last,
      count: Math.max(all, events.length),
      events: events.slice(0, MOST_EVENTS),
      person: undefined,
      document,
      source: undefined,
      exception: exception?.id,
      late: false,
    });
  }

  #decode(batch: LiveBatch, index: number): { event: LogEvent | Unread | undefined; text: string; id: string } {
    const { source, received } = batch;
    const decoder = this.#decoderOf(source);
    let text = batch.texts[index];
    const id = batch.ids?.[index] ?? recordId(source, text, batch.salts[index], this.#mask);
    this.#sequence += 1;
    const place: LivePlace = { file: source.name, record: this.#sequence, event: id };
    let event = decoder.decode(text, place, received);
    if (source.masking.length > 0 && event !== undefined && !('kind' in event)) {
      const clean = masked(text, event, source.masking, this.#mask, (one) => decoder.decode(one, place, received));
      text = clean.text;
      event = clean.event;
    }
    return { event, text, id };
  }

  #decoderOf(source: LiveSource): RecordDecoder {
    const known = this.#decoders.get(source.id);
    if (
      known?.source.zone === source.zone &&
      known.source.format === source.format &&
      known.source.name === source.name
    )
      return known.decoder;
    const decoder = createRecordDecoder({ name: source.name, zone: source.zone, format: source.format });
    this.#decoders.set(source.id, { source, decoder });
    return decoder;
  }

  /** Counts a match of a rule; whether its finding was told before. */
  #again(row: RuleRow, entry: Entry): boolean {
    const { id } = row.rule;
    this.#ruleIds.push(id);
    this.#hits.set(id, (this.#hits.get(id) ?? 0) + 1);
    return this.#collector.again(row, entry);
  }

  #matched(row: RuleRow, entry: Entry, explained: Explained, event: LogEvent): void {
    const { rule } = row;
    const time = event.time ?? Number.NaN;
    const raw = event.raw();
    const about: Finding = {
      id: '',
      time: Number.isNaN(time) ? null : rfc3339(time),
      level: rule.level,
      confidence: row.confidence,
      detector: 'rule',
      rule: {
        id: rule.id,
        title: rule.title,
        author: rule.author,
        license: rule.license,
        file: rule.file,
        tags: rule.tags,
      },
      source: event.place,
      ...subject(entry, this.#setup.slug),
      why: `${this.#teller.did(entry)} ${this.#teller.when(time)}. ${explained.words}${this.#teller.seen(entry)}`,
      evidence: explained.evidence,
      attack: { tactics: row.tactics, techniques: row.techniques },
      event: { class: entry.facts.class.key, raw: raw.length > RAW ? `${raw.slice(0, RAW)} ...` : raw },
    };
    this.#collector.add(about, entry, row);
  }

  #sighted(indicator: Indicator, path: NormalPath, field: string, value: string, entry: Entry, event: LogEvent): void {
    const time = event.time ?? Number.NaN;
    this.#sightings.meet(indicator, event, this.#received);
    const sighting = {
      indicator,
      path,
      field,
      value,
      entry: entry.number,
      count: 1,
      first: time,
      last: time,
      place: event.place,
    };
    const { facts, attribution } = entry;
    const activity = {
      class: facts.class,
      outcome: facts.outcome,
      values: facts.values,
      attribution,
      count: 1,
      first: time,
      last: time,
      place: event.place,
    };
    this.#collector.add(sightingFinding(sighting, activity, this.#setup.slug, this.#teller), entry);
  }

  #row(
    batch: LiveBatch,
    id: string,
    text: string,
    event: LogEvent,
    entry: Entry,
    findings: readonly string[],
  ): EventRow {
    const { attribution, facts } = entry;
    const { fields, numbers } = this.#fields.of(event);
    const known = attribution.provider !== undefined;
    return {
      id,
      time: event.time ?? Number.NaN,
      received: batch.received,
      source: batch.source.id,
      kind: facts.class.key,
      format: facts.class.format,
      class_uid: facts.class.class_uid,
      activity: facts.class.activity,
      outcome: facts.outcome,
      provider: attribution.provider ?? '',
      account: attribution.account ?? '',
      person: attribution.person ?? '',
      host: attribution.host ?? '',
      src_ip: attribution.src_ip ?? '',
      link: attribution.link ?? '',
      attribution_confidence: known ? attribution.confidence : '',
      attribution_by: attribution.by,
      normal: Object.entries(facts.values).flat() as string[],
      fields,
      numbers,
      raw: text,
      rules: this.#ruleIds.length > 1 ? [...new Set(this.#ruleIds)] : this.#ruleIds,
      findings,
    };
  }

  #readOf(_eventClass: EventClass, bounds: readonly Bound[]): readonly string[] {
    const names = new Set<string>();
    for (const bound of bounds) for (const name of sourceFields(this.#rows.get(bound.rule)!, bound)) names.add(name);
    return [...names];
  }

  /** Begins the ledger anew; what the judge of terms has seen stays with it, for it holds the old entries. */
  #renew(): void {
    this.#judgement = this.#makeJudgement();
    this.#collector.renew();
  }
}

function micros(time: string | null): number {
  return time === null ? Number.NaN : Date.parse(time) * 1000;
}

function median(values: number[]): number {
  if (values.length === 0) return Number.NaN;
  values.sort((a, b) => a - b);
  return values[values.length >> 1];
}
