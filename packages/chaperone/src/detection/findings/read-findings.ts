import { sql } from 'kysely';
import type { EventStore, StoredEvent, StoredRow, Tx } from '../../storage/index.ts';
import { storedEvent } from '../../storage/index.ts';

export interface FindingFilter {
  readonly level?: readonly string[];
  readonly detector?: string;
  readonly provider?: string;
  readonly rule?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly search?: string;
  /** findings that an exception holds back: `true` alone, `false` none, undefined: none */
  readonly held?: boolean;
}

/** Where a page ended: the last finding's time (RFC 3339 with microseconds) and id. */
export type FindingCursor = readonly [time: string, id: string];

const STAMP = sql<string>`to_char(last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A page of findings, newest first. */
export async function listFindings(tx: Tx, filter: FindingFilter, after: FindingCursor | undefined, limit: number) {
  let query = tx
    .selectFrom('finding')
    .selectAll()
    .select(STAMP.as('stamp'))
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (filter.level !== undefined && filter.level.length > 0) query = query.where('level', 'in', filter.level);
  if (filter.detector !== undefined) query = query.where('detector', '=', filter.detector);
  if (filter.provider !== undefined) query = query.where('provider', '=', filter.provider);
  if (filter.rule !== undefined) query = query.where('rule_id', '=', filter.rule);
  if (filter.from !== undefined) query = query.where('last_at', '>=', filter.from);
  if (filter.to !== undefined) query = query.where('first_at', '<', filter.to);
  query = filter.held === true ? query.where('exception_id', 'is not', null) : query.where('exception_id', 'is', null);
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) =>
      eb.or(
        (['rule_title', 'why', 'account', 'host', 'src_ip', 'provider'] as const).map((column) =>
          eb(column, 'ilike', pattern),
        ),
      ),
    );
  }
  if (after !== undefined)
    query = query.where(sql<boolean>`(last_at, id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ stamp: _, organization_id: __, ...row }) => row),
    next: rows.length > limit && last !== undefined ? ([last.stamp, last.id] as const) : undefined,
  };
}

export async function getFinding(tx: Tx, id: string) {
  const found = await tx.selectFrom('finding').selectAll().where('id', '=', id).executeTakeFirst();
  if (found === undefined) return undefined;
  const { organization_id: _, ...row } = found;
  return row;
}

/** Where a page of events ended: time (microseconds, as text) and id. */
export type EventCursor = readonly [time: string, id: string];

/**
 * A page of the events of a finding, oldest first: those that it names and those that name it. Events don't name what was found afterwards:
 * then those that the finding names are all.
 */
export async function eventsOfFinding(
  tx: Tx,
  events: EventStore,
  organization: string,
  id: string,
  limit: number,
  after?: EventCursor,
): Promise<{ readonly items: StoredEvent[]; readonly next: EventCursor | undefined }> {
  const { retrospective } = (await tx
    .selectFrom('finding')
    .select('retrospective')
    .where('id', '=', id)
    .executeTakeFirst()) ?? { retrospective: false };
  if (retrospective) return namedEvents(tx, events, organization, id, limit, after);
  const named = await tx.selectFrom('finding_event').select('event_id').where('finding_id', '=', id).execute();
  const from = after === undefined ? '' : 'AND (time, id) > ({time:Int64}, {after:UUID})';
  const rows = await events.query<StoredRow>(
    organization,
    ({ events: table }) =>
      `SELECT * FROM ${table} WHERE (id IN {named:Array(UUID)} OR has(findings, {finding:UUID})) ${from} ORDER BY time, id LIMIT 1 BY id LIMIT {limit:UInt32}`,
    {
      named: named.map(({ event_id }) => event_id),
      finding: id,
      limit: limit + 1,
      ...(after === undefined ? {} : { time: after[0], after: after[1] }),
    },
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(storedEvent),
    next: rows.length > limit && last !== undefined ? [String(last.time), last.id] : undefined,
  };
}

/** The events that a finding names, by the times that it names. */
async function namedEvents(
  tx: Tx,
  events: EventStore,
  organization: string,
  id: string,
  limit: number,
  after: EventCursor | undefined,
) {
  const micros = sql<string>`coalesce((extract(epoch from time) * 1000000)::bigint, 0)`;
  let query = tx
    .selectFrom('finding_event')
    .select(['event_id', micros.as('micros')])
    .where('finding_id', '=', id)
    .orderBy(micros)
    .orderBy('event_id')
    .limit(limit + 1);
  if (after !== undefined)
    query = query.where(sql<boolean>`(${micros}, event_id) > (${after[0]}::bigint, ${after[1]}::uuid)`);
  const named = await query.execute();
  const page = named.slice(0, limit);
  const last = page.at(-1);
  const rows = await events.query<StoredRow>(
    organization,
    ({ events: table }) => `SELECT * FROM ${table} WHERE id IN {named:Array(UUID)} ORDER BY time, id LIMIT 1 BY id`,
    { named: page.map(({ event_id }) => event_id) },
  );
  return {
    items: rows.map(storedEvent),
    next: named.length > limit && last !== undefined ? ([String(last.micros), last.event_id] as const) : undefined,
  };
}
