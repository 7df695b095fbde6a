import { sql } from 'kysely';
import type { StateStore } from '../../../storage/index.ts';
import type { IndicatorType } from '../indicator.ts';
import { IndicatorStore, type PackedIndicators } from '../store.ts';
import { type Effective, effectiveConfidence, type Standing, type StandingRule } from './effective-confidence.ts';

/** What the matcher loads, and how many don't count and why. */
export interface ActiveIndicators {
  readonly packed: PackedIndicators;
  readonly idle: Readonly<Partial<Record<StandingRule, number>>>;
  /** active ones that found no room in memory */
  readonly left: number;
}

/** A row of `indicator` with what of its feed decides; dates as the store gives them. */
export interface StandingRow {
  readonly confidence: number | null;
  readonly valid_from: Date | null;
  readonly valid_until: Date | null;
  readonly revoked: boolean;
  readonly warning_list: string | null;
  readonly updated_at: Date;
  readonly last_sighting_at: Date | null;
  readonly feed_confidence: number | null;
  readonly half_life_days: number | null;
}

const PAGE = 20_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** {@link effectiveConfidence} of a stored row. */
export function standingOf(row: StandingRow, now: number): Effective {
  const standing: Standing = {
    confidence: row.confidence ?? row.feed_confidence,
    validFrom: row.valid_from?.getTime() ?? null,
    validUntil: row.valid_until?.getTime() ?? null,
    revoked: row.revoked,
    warningList: row.warning_list,
    lastListed: row.updated_at.getTime(),
    lastSighting: row.last_sighting_at?.getTime() ?? null,
    halfLifeDays: row.half_life_days,
  };
  return effectiveConfidence(standing, now);
}

/**
 * The indicators of an organisation that count at a moment (milliseconds since 1970), from its enabled feeds, for {@link createIndicatorMatcher}.
 *
 * @param only those of one feed that came, or began to count anew or for longer, since a moment
 */
export async function activeIndicators(
  store: StateStore,
  organization: string,
  now: number,
  only?: { readonly feed: string; readonly since: Date },
): Promise<ActiveIndicators> {
  const packed = new IndicatorStore();
  const idle: Partial<Record<StandingRule, number>> = {};
  let left = 0;
  for (let after = FIRST; ; ) {
    const rows = await store.within(organization, (tx) =>
      tx
        .selectFrom('indicator')
        .innerJoin('indicator_feed', 'indicator_feed.id', 'indicator.feed_id')
        .select([
          'indicator.id',
          'indicator.type',
          'indicator.value',
          'indicator.written',
          'indicator.note',
          'indicator.confidence',
          'indicator.valid_from',
          'indicator.valid_until',
          'indicator.revoked',
          'indicator.warning_list',
          'indicator.updated_at',
          'indicator.last_sighting_at',
          'indicator_feed.name as feed',
          'indicator_feed.confidence as feed_confidence',
          'indicator_feed.half_life_days',
          sql<string | null>`coalesce(indicator.tlp, indicator_feed.tlp)`.as('tlp'),
        ])
        .where('indicator_feed.enabled', '=', true)
        .where('indicator.id', '>', after)
        .$if(only !== undefined, (query) =>
          query
            .where('indicator.feed_id', '=', only!.feed)
            .where((where) =>
              where.or([
                where('indicator.created_at', '>=', only!.since),
                where('indicator.counts_anew_at', '>=', only!.since),
              ]),
            ),
        )
        .orderBy('indicator.id')
        .limit(PAGE)
        .execute(),
    );
    for (const row of rows) {
      const { active, rule, confidence } = standingOf(row, now);
      if (!active) idle[rule] = (idle[rule] ?? 0) + 1;
      else if (packed.full) left += 1;
      else
        packed.add({
          type: row.type as IndicatorType,
          value: row.value,
          written: row.written,
          feed: row.feed,
          ...(row.valid_from === null ? {} : { validFrom: row.valid_from.getTime() }),
          ...(row.valid_until === null ? {} : { validUntil: row.valid_until.getTime() }),
          ...(confidence === null ? {} : { confidence }),
          ...(row.tlp === null ? {} : { tlp: row.tlp }),
          ...(row.note === null ? {} : { description: row.note }),
        });
    }
    if (rows.length < PAGE) return { packed: packed.pack(), idle, left };
    after = rows.at(-1)!.id;
  }
}
