import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { StateStore, Tx } from '../../../storage/index.ts';
import { LEAST, UNSTATED } from './effective-confidence.ts';
import type { FeedRecord, FeedSighting } from './feed-record.ts';
import { ownWarningLists, type WarningLists } from './warning-lists.ts';

/** What storing a feed's records changed. */
export interface StoredIndicators {
  readonly added: number;
  /** listed again with something else: another end, confidence, note, mark */
  readonly changed: number;
  /** listed again as they were */
  readonly renewed: number;
  /** withdrawn now, by word or by a later version of theirs */
  readonly revoked: number;
  /** listed again so that they count where they did not: they are looked for in the past again */
  readonly again: number;
  /** of the records, those on a warning list: kept, never matched */
  readonly warned: number;
}

export interface Feed {
  readonly organization: string;
  readonly id: string;
}

const NOTHING: StoredIndicators = { added: 0, changed: 0, renewed: 0, revoked: 0, again: 0, warned: 0 };
/** Rows of one statement. */
const BATCH = 2_000;

/**
 * Stores what a feed lists: one row for each type and value of the feed. What is listed again is renewed; what its author withdrew, or
 * replaced by a later version that names other values, is revoked. The same records again change nothing but the time they were last listed.
 *
 * @throws StoreUnavailable; TypeError where the organisation has no such feed
 */
export async function storeIndicators(
  store: StateStore,
  feed: Feed,
  records: readonly FeedRecord[],
  now: number,
  lists: WarningLists = ownWarningLists(),
): Promise<StoredIndicators> {
  await store.within(feed.organization, (tx) => mustExist(tx, feed));
  const rows = [...newest(records).values()];
  let sum = NOTHING;
  for (let from = 0; from < rows.length; from += BATCH) {
    const part = rows.slice(from, from + BATCH);
    const stored = await store.within(feed.organization, (tx) => upsert(tx, feed, part, now, lists));
    sum = add(sum, stored);
  }
  const ids = [...new Set(records.flatMap(({ externalId }) => (externalId === undefined ? [] : [externalId])))];
  for (let from = 0; from < ids.length; from += BATCH) {
    const part = ids.slice(from, from + BATCH);
    const superseded = await store.within(feed.organization, (tx) => supersede(tx, feed, part, now));
    sum = { ...sum, revoked: sum.revoked + superseded };
  }
  return sum;
}

/** Ends what a feed that always gives its whole list has left out: its author no longer stands for it. */
export async function endUnlisted(store: StateStore, feed: Feed, now: number): Promise<number> {
  const ended = await store.within(feed.organization, (tx) =>
    tx
      .updateTable('indicator')
      .set({ valid_until: new Date(now).toISOString() })
      .where('feed_id', '=', feed.id)
      .where('updated_at', '<', new Date(now))
      .where('revoked', '=', false)
      .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', new Date(now))]))
      .executeTakeFirst(),
  );
  return Number(ended.numUpdatedRows);
}

/** Takes over sightings that a feed tells of. One that isn't later than the last is known already: feeds repeat them. */
export async function storeSightings(
  store: StateStore,
  feed: Feed,
  sightings: readonly FeedSighting[],
  now: number,
): Promise<number> {
  let taken = 0;
  for (let from = 0; from < sightings.length; from += BATCH) {
    const rows = sightings.slice(from, from + BATCH).map(({ externalId, count, lastSeen }) => ({
      id: externalId,
      count,
      at: new Date(Math.min(lastSeen ?? now, now)).toISOString(),
    }));
    const result = await store.within(feed.organization, (tx) =>
      sql`
        update indicator set sightings = sightings + seen.count, last_sighting_at = seen.at
        from (
          select id, sum(count)::bigint as count, max(at) as at
          from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as seen(id text, count bigint, at timestamptz)
          group by id
        ) as seen
        where indicator.feed_id = ${feed.id} and external_id = seen.id
          and (last_sighting_at is null or last_sighting_at < seen.at)`.execute(tx),
    );
    taken += Number(result.numAffectedRows ?? 0);
  }
  return taken;
}

async function mustExist(tx: Tx, feed: Feed): Promise<void> {
  const found = await tx.selectFrom('indicator_feed').select('id').where('id', '=', feed.id).executeTakeFirst();
  if (found === undefined) throw new TypeError(`the organisation has no feed ${feed.id}`);
}

// Of several records of one value: the one that isn't withdrawn, then the one that lasts longer.
function newest(records: readonly FeedRecord[]): Map<string, FeedRecord> {
  const chosen = new Map<string, FeedRecord>();
  for (const record of records) {
    const key = `${record.type}\0${record.value}`;
    const known = chosen.get(key);
    const better =
      known === undefined ||
      (known.revoked && !record.revoked) ||
      (known.revoked === record.revoked &&
        (record.validUntil ?? Number.POSITIVE_INFINITY) >= (known.validUntil ?? Number.POSITIVE_INFINITY));
    if (better) chosen.set(key, record);
  }
  return chosen;
}

async function upsert(
  tx: Tx,
  feed: Feed,
  records: readonly FeedRecord[],
  now: number,
  lists: WarningLists,
): Promise<StoredIndicators> {
  const warnings = records.map(({ type, value, written }) => lists.find(type, value, written) ?? null);
  const rows = records.map((record, index) => ({
    id: idAt(now),
    type: record.type,
    value: record.value,
    written: record.written,
    note: record.note ?? null,
    tlp: record.tlp ?? null,
    confidence: record.confidence ?? null,
    valid_from: iso(record.validFrom),
    valid_until: iso(record.validUntil),
    revoked: record.revoked,
    warning_list: warnings[index],
    external_id: record.externalId ?? null,
  }));
  // A withdrawal counts for the object that it names alone: another object of the same feed may still list the value.
  const { rows: counted } = await sql<{ added: number; changed: number; revoked: number; again: number; all: number }>`
    with listed as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as listed(
        id uuid, type text, value text, written text, note text, tlp text, confidence integer,
        valid_from timestamptz, valid_until timestamptz, revoked boolean, warning_list text, external_id text)
    ), before as (
      select old.* from indicator old join listed
        on old.feed_id = ${feed.id} and old.type = listed.type and md5(old.value) = md5(listed.value)
    ), stored as (
      insert into indicator as old (id, organization_id, feed_id, type, value, written, note, tlp, confidence,
        valid_from, valid_until, revoked, warning_list, external_id, created_at, updated_at)
      select id, ${feed.organization}, ${feed.id}, type, value, written, note, tlp, confidence,
        valid_from, valid_until, revoked, warning_list, external_id, ${iso(now)}, ${iso(now)} from listed
      on conflict (feed_id, type, md5(value)) do update set
        written = excluded.written, note = excluded.note, tlp = excluded.tlp, confidence = excluded.confidence,
        valid_from = excluded.valid_from, valid_until = excluded.valid_until, revoked = excluded.revoked,
        warning_list = excluded.warning_list, external_id = excluded.external_id,
        updated_at = greatest(old.updated_at, excluded.updated_at),
        counts_anew_at = case when ${countsAnew(feed, now)} then ${iso(now)} else old.counts_anew_at end
      where not (excluded.revoked and old.external_id is distinct from excluded.external_id)
      returning *
    )
    select
      (count(*) filter (where before.id is null))::int as added,
      (count(*) filter (where before.id is not null and stored.revoked = before.revoked and
        (stored.note, stored.tlp, stored.confidence, stored.valid_from, stored.valid_until, stored.external_id)
          is distinct from
        (before.note, before.tlp, before.confidence, before.valid_from, before.valid_until, before.external_id)))::int
        as changed,
      (count(*) filter (where stored.revoked and not before.revoked))::int as revoked,
      (count(*) filter (where before.id is not null and stored.counts_anew_at = ${iso(now)}::timestamptz))::int as again,
      count(*)::int as all
    from stored left join before on before.id = stored.id`.execute(tx);
  const { added, changed, revoked, again, all } = counted[0]!;
  return {
    added,
    changed,
    revoked,
    again,
    renewed: all - added - changed - revoked,
    warned: warnings.filter((name) => name !== null).length,
  };
}

/**
 * Whether what is listed again counts where it did not: it was withdrawn, on a warning list, had ended, began later, or had decayed away. One
 * whose end is put off before it comes was looked for all the time.
 */
function countsAnew(feed: Feed, now: number) {
  return sql`not excluded.revoked and excluded.warning_list is null
    and (excluded.valid_until is null or excluded.valid_until > coalesce(old.valid_from, '-infinity'::timestamptz))
    and (old.revoked or old.warning_list is not null
      or (old.valid_until <= ${iso(now)}::timestamptz
        and (excluded.valid_until is null or excluded.valid_until > old.valid_until))
      or (old.valid_from is not null and (excluded.valid_from is null or excluded.valid_from < old.valid_from))
      or (old.valid_until is null and exists (
        select from indicator_feed f where f.id = ${feed.id} and f.half_life_days is not null
          and round(coalesce(old.confidence, f.confidence, ${UNSTATED}) * power(0.5, extract(epoch from
            ${iso(now)}::timestamptz - greatest(old.updated_at, old.last_sighting_at)) / 86400 / f.half_life_days)) < ${LEAST})))`;
}

async function supersede(tx: Tx, feed: Feed, ids: readonly string[], now: number): Promise<number> {
  const ended = await tx
    .updateTable('indicator')
    .set({ revoked: true })
    .where('feed_id', '=', feed.id)
    .where('external_id', 'in', ids)
    .where('updated_at', '<', new Date(now))
    .where('revoked', '=', false)
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

function add(a: StoredIndicators, b: StoredIndicators): StoredIndicators {
  return {
    added: a.added + b.added,
    changed: a.changed + b.changed,
    renewed: a.renewed + b.renewed,
    revoked: a.revoked + b.revoked,
    again: a.again + b.again,
    warned: a.warned + b.warned,
  };
}

function iso(time: number | undefined): string | null {
  if (time === undefined) return null;
  // PostgreSQL reads years up to 9999 in this form; whoever writes more means for ever.
  return new Date(Math.max(-6e13, Math.min(time, 253_402_300_799_000))).toISOString();
}

// UUIDv7 (RFC 9562): time first, so that new rows lie together.
function idAt(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
