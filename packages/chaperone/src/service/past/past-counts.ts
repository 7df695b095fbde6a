import { sql } from 'kysely';
import { MOST_EVENTS } from '../../detection/index.ts';
import type { StateStore } from '../../storage/index.ts';

/** Sets the counts of findings that have more events than they name: stored events don't name what found them afterwards, so nobody else can count. */
export async function setPastCounts(
  state: StateStore,
  organization: string,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const large = [...counts].filter(([, count]) => count > MOST_EVENTS);
  if (large.length === 0) return;
  await state.within(organization, (tx) =>
    sql`
      update finding set count = greatest(finding.count, new.count)
      from unnest(${large.map(([id]) => id)}::uuid[], ${large.map(([, count]) => count)}::bigint[]) as new (id, count)
      where finding.id = new.id`.execute(tx),
  );
}
