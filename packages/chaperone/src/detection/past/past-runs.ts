import { randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { PastRunTable, StateStore, Tx } from '../../storage/index.ts';

export type PastRun = Selectable<PastRunTable>;

export interface WantedPast {
  readonly kind: PastRun['kind'];
  readonly subject: string;
  readonly title: string;
  readonly rules?: readonly string[];
  readonly reason: string;
  readonly cameAt: Date;
}

/** Why a run is asked for. The words follow what came: a rule, or a feed. */
export const SWITCHED_ON = 'was switched on';
export const ADDED = 'was added';
export const CHANGED = 'was changed';
export const LISTED = 'brought this indicator';
/** Of a feed: all its indicators are looked for, not only those that came. */
export const WHOLE_FEED: readonly string[] = [SWITCHED_ON, CHANGED];

/** Asks for stored events to be judged by what is new. What was asked of the same subject before and isn't done is replaced. */
export async function requestPast(tx: Tx, organization: string, wanted: WantedPast): Promise<string> {
  const id = randomUUID();
  const before = await tx
    .selectFrom('past_run')
    .select(['came_at', 'reason'])
    .where('organization_id', '=', organization)
    .where('kind', '=', wanted.kind)
    .where('subject', '=', wanted.subject)
    .where('state', 'in', ['waiting', 'running'])
    .execute();
  await tx
    .updateTable('past_run')
    .set({ state: 'replaced', updated_at: new Date() })
    .where('organization_id', '=', organization)
    .where('kind', '=', wanted.kind)
    .where('subject', '=', wanted.subject)
    .where('state', 'in', ['waiting', 'running'])
    .execute();
  // Indicators that came with the pull before are not judged yet.
  const first = wanted.kind === 'feed' ? before.map(({ came_at }) => came_at.getTime()) : [];
  // What was asked of the whole feed is asked of it still.
  const whole = wanted.kind === 'feed' ? before.find(({ reason }) => WHOLE_FEED.includes(reason)) : undefined;
  await tx
    .insertInto('past_run')
    .values({
      id,
      organization_id: organization,
      kind: wanted.kind,
      subject: wanted.subject,
      title: wanted.title,
      rules: JSON.stringify(wanted.rules ?? []),
      reason: whole?.reason ?? wanted.reason,
      came_at: new Date(Math.min(wanted.cameAt.getTime(), ...first)),
    })
    .execute();
  return id;
}

/** The run to go on with: the one that was begun, else the one that waits longest. */
export function nextPast(state: StateStore, organization: string): Promise<PastRun | undefined> {
  return state.within(organization, (tx) =>
    tx
      .selectFrom('past_run')
      .selectAll()
      .where('state', 'in', ['waiting', 'running'])
      .orderBy(sql`state = 'running'`, 'desc')
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst(),
  );
}

/** Keeps how far a run is. @returns false where it was replaced meanwhile */
export function keepPast(
  state: StateStore,
  { id, organization_id }: Pick<PastRun, 'id' | 'organization_id'>,
  change: Partial<Pick<PastRun, 'since' | 'until' | 'reached' | 'state' | 'matches' | 'findings' | 'note'>>,
): Promise<boolean> {
  return state.within(organization_id, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('past_run')
      .set({ ...change, updated_at: new Date() })
      .where('id', '=', id)
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirst();
    if (numUpdatedRows > 0n) await state.announce(tx, { organization: organization_id, kind: 'past_run', id });
    return numUpdatedRows > 0n;
  });
}

/** The latest runs, newest first. */
export async function listPast(tx: Tx, limit = 200): Promise<Omit<PastRun, 'organization_id'>[]> {
  const rows = await tx.selectFrom('past_run').selectAll().orderBy('created_at', 'desc').limit(limit).execute();
  return rows.map(({ organization_id: _, ...row }) => row);
}
