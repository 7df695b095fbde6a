import type { LiveSource } from '../detection/index.ts';
import type { EventStore, StateStore } from '../storage/index.ts';
import type { LiveIntake } from './intake/live-intake.ts';

/** Before the checkpoint only events that fed a rule or came from a provider are needed, for correlations and terms: this far back, microseconds. */
const BACK = 24 * 3_600_000_000;
const MOST = 200_000;
const PAGE = 2_000;

interface Row {
  readonly id: string;
  readonly source: string;
  readonly raw: string;
  /** microseconds, as text */
  readonly at: string;
}

/**
 * Judges again what was stored since the checkpoint, so that no finding is missing after a kill, and what correlations and terms must remember.
 * Nothing is found twice: findings and events keep their ids.
 *
 * @returns how many events were judged again
 */
export async function recover(
  organization: string,
  deps: {
    readonly state: StateStore;
    readonly events: EventStore;
    readonly intake: LiveIntake;
    source(id: string): LiveSource | undefined;
  },
): Promise<number> {
  const { state, events, intake } = deps;
  const saved = await state.within(organization, (tx) =>
    tx.selectFrom('checkpoint').select('received').executeTakeFirst(),
  );
  const checkpoint = saved?.received ?? 0;
  const from = Math.max(0, (checkpoint === 0 ? Date.now() * 1000 : checkpoint) - BACK);
  const condition = `(received >= ${checkpoint} OR (received >= ${from} AND (notEmpty(rules) OR provider != '')))`;
  let done = 0;
  let after: Pick<Row, 'at' | 'id'> = { at: '0', id: '00000000-0000-0000-0000-000000000000' };
  while (done < MOST) {
    const rows = await events.query<Row>(
      organization,
      ({ events: table }) =>
        `SELECT id, source, raw, toString(received) AS at FROM ${table} WHERE ${condition} AND kind != 'unread' AND (received, id) > (${after.at}, {after:UUID}) ORDER BY received, id LIMIT 1 BY id LIMIT ${PAGE}`,
      { after: after.id },
    );
    if (rows.length === 0) return done;
    await replay(organization, rows, deps);
    done += rows.length;
    after = rows[rows.length - 1];
    if (rows.length < PAGE) return done;
  }
  await intake.settle();
  return done;
}

/** Neighbours of one source and receipt go together. */
async function replay(
  organization: string,
  rows: readonly Row[],
  { intake, source }: Parameters<typeof recover>[1],
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
    );
  }
}
