import type { EventStore, StateStore } from '../../storage/index.ts';
import { MOST_EVENTS } from '../live/live-finding.ts';

/** Findings that are counted by one question to the event store. */
const PAGE = 500;

/**
 * Sets the counts of large findings right by the event store, which knows each event once. Beyond the events that a finding names, counts can only be
 * added up, and a delivery that was stored but not confirmed (a kill, a lost connection) is added twice when it comes again.
 *
 * @param since findings that changed after this
 * @returns how many counts were wrong
 */
export async function recountFindings(
  state: StateStore,
  events: EventStore,
  organization: string,
  since: Date,
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
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .execute(),
    );
    if (large.length === 0) return wrong;
    wrong += await recount(state, events, organization, large);
    if (large.length < PAGE) return wrong;
    after = large[large.length - 1].id;
  }
}

async function recount(
  state: StateStore,
  events: EventStore,
  organization: string,
  large: readonly { readonly id: string; readonly count: number }[],
): Promise<number> {
  const rows = await events.query<{ finding: string; n: string }>(
    organization,
    ({ events: table }) =>
      `SELECT arrayJoin(arrayIntersect(findings, {ids:Array(UUID)})) AS finding, toString(uniqExact(id)) AS n FROM ${table} WHERE hasAny(findings, {ids:Array(UUID)}) GROUP BY finding`,
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
