import { sql } from 'kysely';
import type { StateStore, Tx } from '../../storage/index.ts';
import type { Finding } from '../finding.ts';
import { type LiveFinding, MOST_EVENTS } from '../live/live-finding.ts';

/** Of one transaction, findings that are announced by name; more than these are announced as many. */
const ANNOUNCED = 20;

/** Events that a finding names which was found afterwards; those that happen are found by the event store. */
const MOST_AFTERWARDS = 10_000;

const GROWING: readonly Finding['detector'][] = ['term', 'change', 'correlation'];

export interface StoredBy {
  /** number of the registry in force */
  readonly registryVersion: number | undefined;
  readonly retrospective?: boolean;
  /** events that may have been counted before (replay): only those that are new among the first hundred count */
  readonly again?: boolean;
}

/** A finding that only grows is not there: its events must be judged once more and told whole. */
export class FindingsMissing extends Error {
  readonly code = 'findings_missing';

  constructor(ids: readonly string[]) {
    super(`${ids.length} findings that were stored before are not there any more, ${ids[0]} among them`);
    this.name = 'FindingsMissing';
  }
}

/** A finding with the document that makes it. */
type Whole = LiveFinding & { readonly document: Finding };

/**
 * Stores what was found. Idempotent: a finding's id is made of its key, and an event counts once in it, however often its delivery is
 * repeated (exactly so among the first hundred events, which are named; `recount` sets right what is beyond).
 *
 * @param findings each id once
 * @returns ids of findings that are new
 * @throws StoreUnavailable
 * @throws FindingsMissing nothing was stored
 */
export function storeFindings(
  state: StateStore,
  organization: string,
  findings: readonly LiveFinding[],
  by: StoredBy,
): Promise<readonly string[]> {
  if (findings.length === 0) return Promise.resolve([]);
  // Always in the same order: two batches that meet must not wait for each other.
  const sorted = [...findings].sort((a, b) => (a.id < b.id ? -1 : 1));
  return state.within(organization, async (tx) => {
    const fresh = await insertNew(
      tx,
      organization,
      sorted.filter((one): one is Whole => one.document !== undefined),
      by,
    );
    const known = await tx
      .selectFrom('finding')
      .select(['id', 'count', 'retrospective'])
      .where('id', '=', sql<string>`any(${sorted.map(({ id }) => id)}::uuid[])`)
      .orderBy('id')
      .forUpdate()
      .execute();
    const counts = new Map(known.map(({ id, count }) => [id, count]));
    // Stored events don't name what found them afterwards: then the finding names more of them.
    const afterwards = new Set(known.filter(({ retrospective }) => retrospective).map(({ id }) => id));
    const most = (id: string) => (by.retrospective === true && afterwards.has(id) ? MOST_AFTERWARDS : MOST_EVENTS);
    const missing = sorted.filter(({ id }) => !counts.has(id)).map(({ id }) => id);
    if (missing.length > 0) throw new FindingsMissing(missing);
    const added = await nameEvents(
      tx,
      organization,
      sorted.filter(({ id, events }) => events.length > 0 && (counts.get(id) ?? 0) < most(id)),
    );
    const more = sorted.map(({ id, detector, count, events }) => {
      // A run is told as a whole each time.
      if (detector === 'correlation') return Math.max(added.get(id) ?? 0, count - (counts.get(id) ?? 0));
      // What is beyond the named ones can only be added up.
      if (by.again === true) return added.get(id) ?? 0;
      if ((counts.get(id) ?? 0) >= MOST_EVENTS) return count;
      return (added.get(id) ?? 0) + Math.max(0, count - events.length);
    });
    await grow(tx, sorted, more);
    await holdBack(tx, sorted, more);
    for (const finding of sorted)
      if (finding.document !== undefined && GROWING.includes(finding.document.detector))
        await retell(tx, finding.id, finding.document, by);
    if (sorted.length > ANNOUNCED) await state.announce(tx, { organization, kind: 'finding' });
    else for (const { id } of sorted) await state.announce(tx, { organization, kind: 'finding', id });
    return fresh;
  });
}

/** One statement for all: a stream makes thousands of these a second. */
async function grow(tx: Tx, findings: readonly LiveFinding[], more: readonly number[]): Promise<void> {
  await sql`
    update finding set count = finding.count + new.more, first_at = least(finding.first_at, new.first_at),
      last_at = greatest(finding.last_at, new.last_at), late = finding.late or new.late, updated_at = now()
    from unnest(${findings.map(({ id }) => id)}::uuid[], ${more}::bigint[], ${findings.map(({ first }) => stamp(first))}::timestamptz[],
      ${findings.map(({ last }) => stamp(last))}::timestamptz[], ${findings.map(({ late }) => late)}::boolean[]
    ) as new (id, more, first_at, last_at, late)
    where finding.id = new.id`.execute(tx);
}

async function holdBack(tx: Tx, findings: readonly LiveFinding[], more: readonly number[]): Promise<void> {
  const held = new Map<string, number>();
  findings.forEach(({ exception }, at) => {
    if (exception !== undefined && more[at] > 0) held.set(exception, (held.get(exception) ?? 0) + more[at]);
  });
  for (const [id, count] of [...held].sort(([a], [b]) => (a < b ? -1 : 1)))
    await tx
      .updateTable('exception')
      .set({ held_back: sql`held_back + ${count}`, last_held_back_at: sql`now()` })
      .where('id', '=', id)
      .execute();
}

/** What terms, changes and correlations say grows with what they know. What was found as it happened is not told as found in the past, nor the other way. */
async function retell(tx: Tx, id: string, document: Finding, by: StoredBy): Promise<void> {
  await tx
    .updateTable('finding')
    .set({ why: plain(document.why), document: plain(JSON.stringify(document)) })
    .where('id', '=', id)
    .where('retrospective', '=', by.retrospective ?? false)
    .execute();
}

async function insertNew(
  tx: Tx,
  organization: string,
  findings: readonly Whole[],
  by: StoredBy,
): Promise<readonly string[]> {
  if (findings.length === 0) return [];
  const rows = findings.map(({ id, level, first, last, person, document, source, exception, late }) => ({
    id,
    organization_id: organization,
    detector: document.detector,
    rule_id: document.rule.id,
    rule_title: document.rule.title,
    level,
    confidence: document.confidence,
    first_at: stamp(first),
    last_at: stamp(last),
    provider: document.provider,
    account: document.account,
    person: person ?? null,
    host: document.host,
    src_ip: document.src_ip,
    source_id: source ?? null,
    why: plain(document.why),
    document: plain(JSON.stringify(document)),
    registry_version: by.registryVersion ?? null,
    exception_id: exception ?? null,
    retrospective: by.retrospective ?? false,
    late,
  }));
  const ids: string[] = [];
  // A statement takes 65,535 values.
  for (let from = 0; from < rows.length; from += 2_000) {
    const inserted = await tx
      .insertInto('finding')
      .values(rows.slice(from, from + 2_000))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute();
    for (const { id } of inserted) ids.push(id);
  }
  return ids;
}

/** Names events of findings; how many of each were not named before. */
async function nameEvents(
  tx: Tx,
  organization: string,
  findings: readonly LiveFinding[],
): Promise<Map<string, number>> {
  const rows = findings.flatMap(({ id, events }) =>
    events.map((event) => ({
      finding_id: id,
      event_id: event.id,
      time: Number.isNaN(event.time) ? null : stamp(event.time),
    })),
  );
  const added = new Map<string, number>();
  for (let from = 0; from < rows.length; from += 5_000) {
    const part = rows.slice(from, from + 5_000);
    const { rows: fresh } = await sql<{ finding_id: string }>`
      insert into finding_event (finding_id, event_id, organization_id, time)
      select finding_id, event_id, ${organization}::uuid, time
      from unnest(${part.map((one) => one.finding_id)}::uuid[], ${part.map((one) => one.event_id)}::uuid[],
        ${part.map((one) => one.time)}::timestamptz[]) as new (finding_id, event_id, time)
      on conflict do nothing returning finding_id`.execute(tx);
    for (const { finding_id } of fresh) added.set(finding_id, (added.get(finding_id) ?? 0) + 1);
  }
  return added;
}

/** PostgreSQL's timestamps end where nobody's logs do; years 1 to 9999 are kept, anything else is the nearest. */
function stamp(micros: number): string {
  const kept = Number.isNaN(micros) ? 0 : Math.min(Math.max(micros, -62_135_596_800_000_000), 253_402_300_799_000_000);
  const seconds = Math.floor(kept / 1e6);
  const rest = String(Math.floor(kept - seconds * 1e6)).padStart(6, '0');
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, `.${rest}Z`);
}

/** Text can't hold NUL, nor jsonb its escape. */
function plain(text: string): string {
  return text.replaceAll('\0', '\ufffd').replaceAll('\\u0000', '\\ufffd').toWellFormed();
}
