import type { RuleSet } from '@chaperone/sigma';
import { type LiveSource, recountFindings } from '../detection/index.ts';
import type { EventStore, StateStore } from '../storage/index.ts';
import type { LiveIntake } from './intake/live-intake.ts';
import { newCorrelations } from './past/new-correlations.ts';

/** Before the checkpoint only events that fed a rule or came from a provider are needed, for correlations and terms: this far back, microseconds. */
const BACK = 24 * 3_600_000_000;
/** Of those the newest, at most. */
const MOST_REMEMBERED = 200_000;
const PAGE = 5_000;
/** Counts may be wrong of findings that changed since the checkpoint was written, and so long before, milliseconds. */
const DOUBTFUL = 60_000;

interface Row {
  readonly id: string;
  readonly source: string;
  readonly raw: string;
  /** microseconds, as text */
  readonly at: string;
}

export interface RecoverDeps {
  readonly state: StateStore;
  readonly events: EventStore;
  readonly intake: LiveIntake;
  source(id: string): LiveSource | undefined;
  /** by which the organisation is judged; what its new correlations are fed by is judged again as well */
  readonly rules?: RuleSet;
  /** everything was judged before, by an engine that this one follows: only what correlations and terms must know is wanted */
  readonly remember?: boolean;
  /** when that engine was made: what came since is new to this one */
  readonly since?: Date | undefined;
}

/**
 * Judges again everything that was stored since the checkpoint, so that no finding is missing after a kill, and what correlations and terms must
 * remember of the time before. Nothing is found twice: findings and events keep their ids. Counts that a kill may have left wrong are set right.
 *
 * @returns how many events were judged again
 */
export async function recover(organization: string, deps: RecoverDeps): Promise<number> {
  const { state, events, intake } = deps;
  const saved = await state.within(organization, (tx) =>
    tx.selectFrom('checkpoint').select(['received', 'updated_at']).executeTakeFirst(),
  );
  const checkpoint = saved?.received ?? 0;
  const { rules } = deps;
  const fresh = rules && (await newCorrelations(state, events, organization, rules, BACK / 1000));
  const fed = `kind != 'unread' AND (notEmpty(rules) OR provider != ''${fresh === undefined ? '' : ` OR ${fresh.fedBy}`})`;
  let done = 0;
  if (checkpoint > 0) {
    const before = `received >= ${checkpoint - BACK} AND received < ${checkpoint} AND ${fed}`;
    const [{ since }] = await events.query<{ since: string }>(
      organization,
      ({ events: table }) =>
        `SELECT toString(min(received)) AS since FROM (SELECT received FROM ${table} WHERE ${before} ORDER BY received DESC LIMIT ${MOST_REMEMBERED})`,
    );
    done += (await judgeAgain(organization, `${before} AND received >= ${since}`, deps)).events;
  }
  const rest = await judgeAgain(organization, `received >= ${checkpoint} AND kind != 'unread'`, deps);
  if (rest.events > 0) {
    intake.caughtUp(organization, rest.newest);
    // Both by the state store's clock.
    const since = saved === undefined ? 0 : saved.updated_at.getTime() - DOUBTFUL;
    await recountFindings(state, events, organization, new Date(since));
  }
  const { since: made } = deps;
  if (fresh !== undefined && made !== undefined) {
    const unknown = [...fresh.came].filter(([, at]) => at >= made.getTime()).map(([id]) => id);
    if (unknown.length > 0) await intake.settlePast(organization, new Set(unknown));
  }
  return done + rest.events;
}

/** Judges again what a condition names, in the order of receipt; all of it, however much that is. */
async function judgeAgain(
  organization: string,
  condition: string,
  deps: RecoverDeps,
): Promise<{ events: number; newest: number }> {
  let done = 0;
  let after: Pick<Row, 'at' | 'id'> = { at: '0', id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const rows = await deps.events.query<Row>(
      organization,
      ({ events: table }) =>
        `SELECT id, source, raw, toString(received) AS at FROM ${table} WHERE ${condition} AND received >= ${after.at} AND (received, id) > (${after.at}, {after:UUID}) ORDER BY received, id LIMIT 1 BY id LIMIT ${PAGE}`,
      { after: after.id },
      { timeout: 600 },
    );
    if (rows.length > 0) {
      await replay(organization, rows, deps);
      done += rows.length;
      after = rows[rows.length - 1];
    }
    if (rows.length < PAGE) return { events: done, newest: Number(after.at) };
  }
}

/** Neighbours of one source and receipt go together. */
async function replay(
  organization: string,
  rows: readonly Row[],
  { intake, source, remember }: RecoverDeps,
): Promise<void> {
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && rows[to].source === rows[from].source && rows[to].at === rows[from].at) to += 1;
    const part = rows.slice(from, to);
    from = to;
    const known = source(part[0].source);
    if (known === undefined) continue;
    const texts = part.map(({ raw }) => Buffer.from(raw));
    let end = 0;
    const ends = Uint32Array.from(texts, (text) => {
      end += text.length;
      return end;
    });
    // Masked already when they came: masking again would mask the masks.
    await intake.replay(
      organization,
      { ...known, masking: [] },
      {
        records: { bytes: new Uint8Array(Buffer.concat(texts)), ends },
        received: Number(part[0].at),
        ids: part.map(({ id }) => id),
      },
      remember,
    );
  }
}
