import { sql } from 'kysely';
import type { EventStore, StateStore } from '../../storage/index.ts';
import { MOST_EVENTS } from '../live/live-finding.ts';

/** Findings that are counted by one question to the event store. */
const PAGE = 500;
/** Bytes of distinct events that are held in memory. */
const IN_MEMORY = 128 << 20;

/**
 * Sets the counts of large findings right by the event store, which knows each event once. Beyond the events that a finding names, counts can only be
 * added up, and a delivery that was stored but not confirmed (a kill, a lost connection) is added twice when it comes again.
 *
 * @param since findings that changed after this
 * @param quiet seconds for which a finding has not changed; with it, most are only looked over: rows that came twice are two until a merge, which a
 *   later look finds. Without it each distinct event is counted, which costs as much as reading all of them
 * @returns how many counts were wrong
 */
export async function recountFindings(
  state: StateStore,
  events: EventStore,
  organization: string,
  since: Date,
  quiet = 0,
): Promise<number> {
  let wrong = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const large = await state.within(organization, (tx) =>
      tx
        .selectFrom('finding')
        .select(['id', 'count'])
        .where('detector', 'in', ['rule', 'indicator'])
        // One that was judged again has no more than it names.
        .where('count', '>=', MOST_EVENTS)
        .where('updated_at', '>', since)
        .where('updated_at', '<=', sql<Date>`now() - make_interval(secs => ${quiet})`)
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .execute(),
    );
    if (large.length === 0) return wrong;
    wrong += await recount(
      state,
      events,
      organization,
      quiet > 0 ? await doubtful(events, organization, large) : large,
    );
    if (large.length < PAGE) return wrong;
    after = large[large.length - 1].id;
  }
}

interface Counted {
  readonly id: string;
  readonly count: number;
}

/** Those of which the event store doesn't have as many rows as they say. */
async function doubtful(
  events: EventStore,
  organization: string,
  large: readonly Counted[],
): Promise<readonly Counted[]> {
  const rows = await events.query<{ finding: string; n: string }>(
    organization,
    ({ events: table }) =>
      `SELECT arrayJoin(arrayIntersect(findings, {ids:Array(UUID)})) AS finding, toString(count()) AS n FROM ${table} WHERE hasAny(findings, {ids:Array(UUID)}) GROUP BY finding`,
    { ids: large.map(({ id }) => id) },
  );
  const counted = new Map(rows.map(({ finding, n }) => [finding, Number(n)]));
  return large.filter(({ id, count }) => counted.get(id) !== count);
}

async function recount(
  state: StateStore,
  events: EventStore,
  organization: string,
  large: readonly Counted[],
): Promise<number> {
  if (large.length === 0) return 0;
  const rows = await events.query<{ finding: string; n: string }>(
    organization,
    ({ events: table }) =>
      // Beyond so many bytes the distinct events go to the disk: at 25,000 events a second a busy finding has tens of millions.
      `SELECT finding, toString(count()) AS n FROM (
        SELECT arrayJoin(arrayIntersect(findings, {ids:Array(UUID)})) AS finding, id FROM ${table} WHERE hasAny(findings, {ids:Array(UUID)})
        GROUP BY finding, id SETTINGS max_bytes_before_external_group_by = ${IN_MEMORY}
      ) GROUP BY finding`,
    { ids: large.map(({ id }) => id) },
  );
  const counted = new Map(rows.map(({ finding, n }) => [finding, Number(n)]));
  const wrong = large.filter(({ id, count }) => counted.has(id) && counted.get(id) !== count);
  if (wrong.length > 0)
    await state.within(organization, async (tx) => {
      for (const { id, count } of wrong) {
        // One that grew meanwhile is counted the next time.
        await tx
          .updateTable('finding')
          .set({ count: counted.get(id)! })
          .where('id', '=', id)
          .where('count', '=', count)
          .execute();
        await state.announce(tx, { organization, kind: 'finding', id });
      }
    });
  return wrong.length;
}
