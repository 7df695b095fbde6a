import { setTimeout as sleep } from 'node:timers/promises';
import {
  activeIndicators,
  countSightings,
  IndicatorQuery,
  keepPast,
  keywordsAlone,
  type LiveFinding,
  type LiveSetup,
  type LiveSource,
  MOST_EVENTS,
  nextPast,
  type PastRun,
  packIndicators,
  ruleCondition,
  rulesAbout,
  storedKinds,
  storeFindings,
  WHOLE_FEED,
  withoutOff,
} from '../../detection/index.ts';
import { type EventStore, type StateStore, StoreUnavailable } from '../../storage/index.ts';
import type { Intake } from '../../telemetry/index.ts';
import { setPastCounts } from './past-counts.ts';
import { PastEngine, type PastRow } from './past-engine.ts';
import { foundInThePast } from './past-words.ts';

export interface PastDeps {
  readonly state: StateStore;
  readonly events: EventStore;
  readonly intake: Pick<Intake, 'room'>;
  /** days that are looked back; 0: none */
  readonly days: number;
  readonly engineMemory: number | undefined;
  /** everything by which an organisation's events are judged now */
  setup(organization: string): Promise<LiveSetup | undefined>;
  source(organization: string, id: string): LiveSource | undefined;
  fault(what: string, error: unknown): void;
}

const DAY = 86_400_000;
/** Days for rules that hold by keywords alone: every text must be read. */
const KEYWORD_DAYS = 7;
const HOUR = 3_600_000;
/** Lengths of a slice, milliseconds. */
const FIRST_SLICE = 6 * HOUR;
const SHORTEST_SLICE = HOUR / 4;
const LONGEST_SLICE = 2 * DAY;
/** A slice that took less (milliseconds) is followed by a longer one, one that took more by a shorter one. */
const SOON = 500;
const LONG = 3_000;
const LONGEST_PAUSE = 5_000;
const PAGE = 2_000;
/** Events of one run that are judged, at most. */
const MOST_MATCHES = 200_000;
/** Rules of one question. */
const TOGETHER = 25;
/** Bytes of room below which live intake goes first. */
const ROOM = 16 << 20;

/** Does what was asked of an organisation's past, one run after the other, in slices with pauses. What is begun goes on after a restart. */
export async function judgePast(organization: string, deps: PastDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) return;
    const run = await nextPast(deps.state, organization);
    if (run === undefined) return;
    try {
      await new PastJudge(run, deps, signal).run();
    } catch (error) {
      // What is begun goes on with the next start.
      if (signal.aborted) return;
      if (error instanceof StoreUnavailable) throw error;
      deps.fault('The past could not be judged.', error);
      const note = `It could not be judged: ${error instanceof Error ? error.message : String(error)}`;
      await keepPast(deps.state, run, { state: 'failed', note: note.slice(0, 1_000) });
    }
  }
}

interface Question {
  /** condition on events of a period */
  where(period: string): Promise<string | undefined>;
  readonly days: number;
}

class PastJudge {
  readonly #run: PastRun;
  readonly #deps: PastDeps;
  readonly #signal: AbortSignal;
  readonly #notes = new Set<string>();
  readonly #counts = new Map<string, number>();
  #matches: number;
  #findings = new Set<string>();
  readonly #before: number;
  #registry: number | undefined;

  constructor(run: PastRun, deps: PastDeps, signal: AbortSignal) {
    this.#run = run;
    this.#deps = deps;
    this.#signal = signal;
    this.#matches = run.matches;
    this.#before = run.findings;
    if (run.note !== null) this.#notes.add(run.note);
  }

  async run(): Promise<void> {
    const { state, days } = this.#deps;
    const run = this.#run;
    const organization = run.organization_id;
    const setup = await this.#deps.setup(organization);
    if (setup === undefined) return;
    this.#registry = setup.registry?.version;
    const kinds = await storedKinds(this.#deps.events, organization);
    const { part, wanted } = rulesAbout(withoutOff(setup.rules, setup.off ?? []), run.rules);
    const indicators =
      run.kind === 'rules'
        ? packIndicators([])
        : (
            await activeIndicators(state, organization, Date.now(), {
              feed: run.subject,
              since: WHOLE_FEED.includes(run.reason) ? new Date(0) : run.came_at,
            })
          ).packed;
    const questions =
      run.kind === 'rules' ? this.#rules(part.rules, kinds) : this.#indicators(new IndicatorQuery(indicators, kinds));
    const longest = Math.max(0, ...questions.map((one) => one.days));
    const until = run.until ?? new Date();
    const since = run.since ?? new Date(until.getTime() - longest * DAY);
    // What correlations know is not kept: they begin anew.
    const reached = part.correlations.length > 0 ? until : (run.reached ?? until);
    if (days === 0) this.#notes.add('Looking back is switched off (retrospective_days).');
    if (!(await this.#keep({ state: 'running', since, until, reached }))) return;
    const engine = await PastEngine.start({ ...setup, rules: part, indicators }, this.#deps.engineMemory);
    try {
      const whole = await this.#slices(engine, questions, since, until, reached, wanted);
      if (whole === 'replaced') return;
      await this.#store(await engine.settle(), wanted);
      await setPastCounts(state, organization, this.#counts);
      await this.#judged();
      await this.#keep({ state: 'done', ...(whole === 'whole' ? { reached: since } : {}) });
    } finally {
      await engine.close();
    }
  }

  /** From the newest to the oldest: what is still going on comes first. */
  async #slices(
    engine: PastEngine,
    questions: readonly Question[],
    since: Date,
    until: Date,
    reached: Date,
    wanted: ReadonlySet<string>,
  ): Promise<'whole' | 'cut' | 'replaced'> {
    let to = reached.getTime();
    const oldest = await this.#oldest(since);
    for (let length = FIRST_SLICE; to > oldest; ) {
      await this.#room();
      const begun = performance.now();
      const from = Math.max(oldest, to - length);
      for (const question of questions) {
        if (until.getTime() - to >= question.days * DAY) continue;
        const period = `received >= ${from * 1000} AND received < ${to * 1000}`;
        const where = await question.where(period);
        if (where === undefined) continue;
        if (!(await this.#ask(engine, `${period} AND kind != 'unread' AND (${where})`, wanted))) return 'cut';
      }
      to = from;
      if (!(await this.#keep({ reached: new Date(to) }))) return 'replaced';
      const took = performance.now() - begun;
      if (took < SOON) length = Math.min(length * 2, LONGEST_SLICE);
      else if (took > LONG) length = Math.max(length / 2, SHORTEST_SLICE);
      await sleep(Math.min(took, LONGEST_PAUSE), undefined, { signal: this.#signal });
    }
    return 'whole';
  }

  /** When the oldest stored event since a moment was received, milliseconds; before it there is nothing to ask. */
  async #oldest(since: Date): Promise<number> {
    const [{ oldest }] = await this.#deps.events.query<{ oldest: string }>(
      this.#run.organization_id,
      ({ events }) =>
        `SELECT toString(min(received)) AS oldest FROM ${events} WHERE received >= ${since.getTime() * 1000}`,
      {},
      { timeout: 300, signal: this.#signal },
    );
    // Of no event the least is 0.
    return oldest === '0' ? Number.POSITIVE_INFINITY : Math.floor(Number(oldest) / 1000);
  }

  /** Judges the events that a condition names. @returns false when there are too many of them */
  async #ask(engine: PastEngine, condition: string, wanted: ReadonlySet<string>): Promise<boolean> {
    let after: Pick<PastRow, 'at' | 'id'> = { at: '0', id: '00000000-0000-0000-0000-000000000000' };
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#matches >= MOST_MATCHES) {
        this.#notes.add(
          `More than ${MOST_MATCHES.toLocaleString('en')} events match: the oldest were not looked at. A rule that holds so often is of little use.`,
        );
        return false;
      }
      const rows = await this.#deps.events.query<PastRow>(
        this.#run.organization_id,
        ({ events }) =>
          `SELECT id, source, raw, toString(received) AS at FROM ${events} WHERE ${condition} AND (received, id) > (${after.at}, {after:UUID}) ORDER BY received, id LIMIT 1 BY id LIMIT ${PAGE}`,
        { after: after.id },
        { timeout: 300, signal: this.#signal },
      );
      for (let from = 0; from < rows.length; ) {
        let next = from + 1;
        // No more than a finding of one batch names.
        while (
          next < rows.length &&
          next - from < MOST_EVENTS &&
          rows[next].source === rows[from].source &&
          rows[next].at === rows[from].at
        )
          next += 1;
        await this.#judge(engine, rows.slice(from, next), wanted);
        from = next;
      }
      if (rows.length < PAGE) return true;
      after = rows[rows.length - 1];
      await this.#room();
    }
  }

  async #judge(engine: PastEngine, rows: readonly PastRow[], wanted: ReadonlySet<string>): Promise<void> {
    const id = rows[0].source;
    const source = this.#deps.source(this.#run.organization_id, id) ?? {
      id,
      name: 'a source that was removed',
      zone: 'UTC',
      format: undefined,
      masking: [],
    };
    const { judged, unjudged } = await engine.judge(source, rows);
    if (unjudged.length > 0) this.#notes.add('Some events could not be judged, for the engine died over them.');
    this.#matches += rows.length;
    if (judged === undefined) return;
    await this.#store(judged.findings, wanted);
    if (this.#run.kind === 'feed') await countSightings(this.#deps.state, this.#run.organization_id, judged.met);
  }

  async #store(found: readonly LiveFinding[], wanted: ReadonlySet<string>): Promise<void> {
    const run = this.#run;
    const own = found.filter(({ detector, document }) =>
      run.kind === 'feed'
        ? detector === 'indicator'
        : (detector === 'rule' || detector === 'correlation') && document !== undefined && wanted.has(document.rule.id),
    );
    if (own.length === 0) return;
    const told = own.map((finding) => ({
      ...finding,
      late: false,
      ...(finding.document === undefined ? {} : { document: foundInThePast(finding.document, run) }),
    }));
    for (let from = 0; from < told.length; from += 1_000)
      await storeFindings(this.#deps.state, run.organization_id, told.slice(from, from + 1_000), {
        registryVersion: this.#registry,
        retrospective: true,
        again: true,
      });
    for (const { id, count } of told) {
      this.#findings.add(id);
      this.#counts.set(id, (this.#counts.get(id) ?? 0) + count);
    }
  }

  #rules(rules: LiveSetup['rules']['rules'], kinds: Parameters<typeof ruleCondition>[1]): Question[] {
    const groups = new Map<number, string[]>();
    for (const rule of rules) {
      const { where, note } = ruleCondition(rule, kinds);
      if (note !== undefined) this.#notes.add(rules.length > 1 ? `${rule.title}: ${note}` : note);
      if (where === undefined || where === '0') continue;
      const slow = keywordsAlone(rule);
      const days = Math.min(this.#deps.days, slow ? KEYWORD_DAYS : Number.POSITIVE_INFINITY);
      if (slow && days < this.#deps.days)
        this.#notes.add(
          `${rule.title}: only the last ${days} days were looked at, for it holds by keywords alone and every text must be read.`,
        );
      groups.set(days, [...(groups.get(days) ?? []), where]);
    }
    return [...groups].flatMap(([days, all]) =>
      Array.from({ length: Math.ceil(all.length / TOGETHER) }, (_, index) => {
        const where = all.slice(index * TOGETHER, (index + 1) * TOGETHER).join(' OR ');
        return { days, where: async () => where };
      }),
    );
  }

  #indicators(query: IndicatorQuery): Question[] {
    return [
      {
        days: this.#deps.days,
        where: async (period) => {
          const { where, cut } = await query.condition(this.#deps.events, this.#run.organization_id, period);
          if (cut) this.#notes.add('There were more different values than can be held against the indicators at once.');
          return where;
        },
      },
    ];
  }

  async #judged(): Promise<void> {
    const { organization_id, rules, until } = this.#run;
    if (rules.length === 0) return;
    await this.#deps.state.within(organization_id, (tx) =>
      tx
        .insertInto('rule_hit')
        .values(rules.map((rule) => ({ organization_id, rule_id: rule, judged_past_at: until ?? new Date() })))
        .onConflict((conflict) =>
          conflict.columns(['organization_id', 'rule_id']).doUpdateSet({ judged_past_at: until ?? new Date() }),
        )
        .execute(),
    );
  }

  #keep(change: Parameters<typeof keepPast>[2]): Promise<boolean> {
    return keepPast(this.#deps.state, this.#run, {
      ...change,
      matches: this.#matches,
      findings: Math.max(this.#before, this.#findings.size),
      note: this.#notes.size === 0 ? null : [...this.#notes].slice(0, 10).join(' '),
    });
  }

  async #room(): Promise<void> {
    while (this.#deps.intake.room < ROOM) await sleep(500, undefined, { signal: this.#signal });
  }
}
