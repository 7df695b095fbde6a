import { sql } from 'kysely';
import type { Tx } from '../../storage/index.ts';
import { LEARNING_DAYS } from './source-silence.ts';

/** How much is known of what is usual for a source. */
export interface Learning {
  readonly days: number;
  readonly of: number;
}

const DAY = 86_400_000;

/** By source, how many days of its volume are known; only of those of which too little is known to judge them by. `now` in milliseconds. */
export async function learningOf(tx: Tx, now: number): Promise<ReadonlyMap<string, Learning>> {
  const rows = await tx
    .selectFrom('source_volume')
    .select(['source_id', sql<Date>`min(hour)`.as('first')])
    .where('hour', '>=', new Date(now - 14 * DAY))
    .groupBy('source_id')
    .execute();
  return new Map(
    rows
      .map(({ source_id, first }) => [source_id, Math.floor((now - first.getTime()) / DAY)] as const)
      .filter(([, days]) => days < LEARNING_DAYS)
      .map(([source, days]) => [source, { days, of: LEARNING_DAYS }]),
  );
}
