import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { StateStore, Tx } from '../../storage/index.ts';
import type { CutRecords } from '../../telemetry/index.ts';

/** What one batch says of its source. Times in microseconds since 1970, NaN where unknown. */
export interface SourceNote {
  readonly organization: string;
  readonly source: string;
  readonly events: number;
  readonly bytes: number;
  readonly received: number;
  readonly newest: number;
  readonly offset: number;
  readonly misread: readonly {
    readonly code: string;
    readonly message: string;
    readonly mend: string;
    readonly line: string;
  }[];
  /** records that were longer than what is kept of one */
  readonly cut?: CutRecords | undefined;
  readonly hits: readonly (readonly [rule: string, count: number])[];
}

interface Page {
  events: number;
  bytes: number;
  unread: number;
  received: number;
  newest: number;
  offset: number;
  readonly problems: Map<string, { message: string; mend: string; line: string; count: number; at: number }>;
}

/** Microseconds by which two offsets of a clock may differ and still be the same. */
const SAME_OFFSET = 120_000_000;
/** Kinds of problem that are kept of one source between two writings. */
const MOST_PROBLEMS = 50;

/** Keeps account of sources and rules between two writings to the state store, which happen once a second and may fail. */
export class SourceBook {
  readonly #state: StateStore;
  #pages = new Map<string, Map<string, Page>>();
  #hits = new Map<string, Map<string, number>>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  note(note: SourceNote): void {
    const pages = getOrMake(this.#pages, note.organization, () => new Map<string, Page>());
    const page = getOrMake(pages, note.source, newPage);
    page.events += note.events;
    page.bytes += note.bytes;
    page.unread += note.misread.length;
    page.received = Math.max(page.received, note.received);
    if (!(page.newest >= note.newest) && !Number.isNaN(note.newest)) page.newest = note.newest;
    if (!Number.isNaN(note.offset)) page.offset = note.offset;
    const problem = (code: string, message: string, mend: string, line: string, count: number) => {
      const known = page.problems.get(code);
      if (known !== undefined) Object.assign(known, { count: known.count + count, message, line, at: note.received });
      else if (page.problems.size < MOST_PROBLEMS)
        page.problems.set(code, { message, mend, line, count, at: note.received });
    };
    for (const { code, message, mend, line } of note.misread) problem(code, message, mend, line, 1);
    if (note.cut !== undefined)
      problem(
        'record_too_long',
        `is longer than what is kept of one record: its first ${note.cut.kept} bytes were kept, the rest was not`,
        'Let the sender split it, or leave out what makes it so long.',
        note.cut.line,
        note.cut.records,
      );
    const hits = getOrMake(this.#hits, note.organization, () => new Map<string, number>());
    for (const [rule, count] of note.hits) hits.set(rule, (hits.get(rule) ?? 0) + count);
  }

  /** Writes what came together. What can't be written now is kept for the next time. */
  async write(): Promise<void> {
    const pages = this.#pages;
    const hits = this.#hits;
    this.#pages = new Map();
    this.#hits = new Map();
    for (const organization of new Set([...pages.keys(), ...hits.keys()])) {
      const own = pages.get(organization) ?? new Map<string, Page>();
      const ownHits = hits.get(organization) ?? new Map<string, number>();
      try {
        await this.#state.within(organization, async (tx) => {
          for (const [source, page] of own) await writePage(tx, organization, source, page);
          for (const [rule, count] of ownHits) await writeHit(tx, organization, rule, count);
          for (const source of own.keys()) await this.#state.announce(tx, { organization, kind: 'source', id: source });
        });
      } catch {
        this.#keep(organization, own, ownHits);
      }
    }
  }

  #keep(organization: string, pages: ReadonlyMap<string, Page>, hits: ReadonlyMap<string, number>): void {
    const newer = getOrMake(this.#pages, organization, () => new Map<string, Page>());
    for (const [source, page] of pages) {
      const known = newer.get(source);
      if (known === undefined) newer.set(source, page);
      else newer.set(source, joined(page, known));
    }
    const own = getOrMake(this.#hits, organization, () => new Map<string, number>());
    for (const [rule, count] of hits) own.set(rule, (own.get(rule) ?? 0) + count);
  }
}

function joined(older: Page, newer: Page): Page {
  const problems = new Map(older.problems);
  for (const [code, problem] of newer.problems)
    problems.set(code, { ...problem, count: problem.count + (problems.get(code)?.count ?? 0) });
  return {
    events: older.events + newer.events,
    bytes: older.bytes + newer.bytes,
    unread: older.unread + newer.unread,
    received: Math.max(older.received, newer.received),
    newest: older.newest >= newer.newest || Number.isNaN(newer.newest) ? older.newest : newer.newest,
    offset: Number.isNaN(newer.offset) ? older.offset : newer.offset,
    problems,
  };
}

/** The clock is off by something else than it was: a backlog is being caught up with, or somebody set it. */
const moved = sql`(excluded.clock_anchor is not null and (source_health.clock_anchor is null
  or abs(excluded.clock_anchor - source_health.clock_anchor) > ${sql.lit(SAME_OFFSET)}))`;

async function writePage(tx: Tx, organization: string, source: string, page: Page): Promise<void> {
  const received = new Date(page.received / 1000);
  const newest = Number.isNaN(page.newest)
    ? null
    : new Date(Math.min(Math.max(page.newest / 1000, 0), 253_402_300_799_000));
  const offset = Number.isNaN(page.offset) ? null : Math.round(page.offset);
  await tx
    .insertInto('source_health')
    .values({
      source_id: source,
      organization_id: organization,
      last_event_at: newest,
      last_received_at: received,
      events: page.events,
      bytes: page.bytes,
      unread: page.unread,
      clock_offset: offset,
      clock_anchor: offset,
      clock_anchored_at: offset === null ? null : received,
      clock_told_at: offset === null ? null : received,
      state: 'healthy',
    })
    .onConflict((conflict) =>
      conflict.column('source_id').doUpdateSet({
        last_event_at: sql`greatest(source_health.last_event_at, excluded.last_event_at)`,
        last_received_at: sql`greatest(source_health.last_received_at, excluded.last_received_at)`,
        events: sql`source_health.events + excluded.events`,
        bytes: sql`source_health.bytes + excluded.bytes`,
        unread: sql`source_health.unread + excluded.unread`,
        clock_offset: sql`coalesce(excluded.clock_offset, source_health.clock_offset)`,
        clock_anchor: sql`case when ${moved} then excluded.clock_anchor else source_health.clock_anchor end`,
        clock_anchored_at: sql`case when ${moved} then excluded.clock_anchored_at else source_health.clock_anchored_at end`,
        clock_told_at: sql`coalesce(excluded.clock_told_at, source_health.clock_told_at)`,
        state: sql`case when source_health.state = 'waiting' then 'healthy' else source_health.state end`,
        updated_at: sql`now()`,
      }),
    )
    .execute();
  await tx
    .insertInto('source_volume')
    .values({
      source_id: source,
      organization_id: organization,
      hour: new Date(Math.floor(page.received / 3.6e9) * 3.6e6),
      events: page.events,
      bytes: page.bytes,
      unread: page.unread,
    })
    .onConflict((conflict) =>
      conflict.columns(['source_id', 'hour']).doUpdateSet({
        events: sql`source_volume.events + excluded.events`,
        bytes: sql`source_volume.bytes + excluded.bytes`,
        unread: sql`source_volume.unread + excluded.unread`,
      }),
    )
    .execute();
  for (const [code, { message, mend, line, count, at }] of page.problems) {
    const when = new Date(at / 1000);
    await tx
      .insertInto('source_problem')
      .values({
        id: randomUUID(),
        organization_id: organization,
        source_id: source,
        code,
        message: plain(message),
        mend,
        line: plain(line),
        count,
        first_at: when,
        last_at: when,
      })
      .onConflict((conflict) =>
        conflict.columns(['source_id', 'code']).doUpdateSet({
          message: sql`excluded.message`,
          line: sql`excluded.line`,
          count: sql`source_problem.count + excluded.count`,
          last_at: sql`excluded.last_at`,
        }),
      )
      .execute();
  }
}

function writeHit(tx: Tx, organization: string, rule: string, count: number): Promise<unknown> {
  return tx
    .insertInto('rule_hit')
    .values({ organization_id: organization, rule_id: rule, hits: count, last_hit_at: new Date() })
    .onConflict((conflict) =>
      conflict
        .columns(['organization_id', 'rule_id'])
        .doUpdateSet({ hits: sql`rule_hit.hits + excluded.hits`, last_hit_at: sql`now()` }),
    )
    .execute();
}

function newPage(): Page {
  return { events: 0, bytes: 0, unread: 0, received: 0, newest: Number.NaN, offset: Number.NaN, problems: new Map() };
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function plain(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}
