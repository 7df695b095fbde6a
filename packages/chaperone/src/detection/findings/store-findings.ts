import { sql } from 'kysely';
import type { StateStore, Tx } from '../../storage/index.ts';
import { type LiveFinding, MOST_EVENTS } from '../live/live-finding.ts';

/** Of one transaction, findings that are announced by name; more than these are announced as many. */
const ANNOUNCED = 20;

export interface StoredBy {
  /** number of the registry in force */
  readonly registryVersion: number | undefined;
  readonly source?: string;
  readonly retrospective?: boolean;
  /** events that may have been counted before (replay): only those that are new among the first hundred count */
  readonly again?: boolean;
}

/**
 * Stores what a batch found. Idempotent: a finding's id is made of its key, and an event counts once in it, however often its delivery is
 * repeated (exactly so among the first hundred events, which are named; `recount` sets right what is beyond).
 *
 * @returns ids of findings that are new
 * @throws StoreUnavailable
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
    const fresh = await insertNew(tx, organization, sorted, by);
    const known = await tx
      .selectFrom('finding')
      .select(['id', 'count'])
      .where(
        'id',
        'in',
        sorted.map(({ id }) => id),
      )
      .orderBy('id')
      .forUpdate()
      .execute();
    const counts = new Map(known.map(({ id, count }) => [id, count]));
    const added = await nameEvents(
      tx,
      organization,
      sorted.filter(({ id }) => (counts.get(id) ?? 0) < MOST_EVENTS),
    );
    for (const finding of sorted) {
      const before = counts.get(finding.id) ?? 0;
      const named = added.get(finding.id) ?? 0;
      // What is beyond the named ones can only be added up.
      const beyond =
        by.again === true
          ? 0
          : before >= MOST_EVENTS
            ? finding.count
            : Math.max(0, finding.count - finding.events.length);
      const more = named + beyond;
      await tx
        .updateTable('finding')
        .set({
          count: before + more,
          first_at: sql`least(first_at, ${stamp(finding.first)})`,
          last_at: sql`greatest(last_at, ${stamp(finding.last)})`,
          late: sql`late or ${finding.late}`,
          updated_at: sql`now()`,
          ...(finding.document.detector === 'term' || finding.document.detector === 'change'
            ? { why: finding.document.why, document: JSON.stringify(finding.document) }
            : {}),
        })
        .where('id', '=', finding.id)
        .execute();
      if (finding.exception !== undefined && more > 0)
        await tx
          .updateTable('exception')
          .set({ held_back: sql`held_back + ${more}`, last_held_back_at: sql`now()` })
          .where('id', '=', finding.exception)
          .execute();
    }
    if (sorted.length > ANNOUNCED) await state.announce(tx, { organization, kind: 'finding' });
    else for (const { id } of sorted) await state.announce(tx, { organization, kind: 'finding', id });
    return fresh;
  });
}

async function insertNew(
  tx: Tx,
  organization: string,
  findings: readonly LiveFinding[],
  by: StoredBy,
): Promise<string[]> {
  const rows = findings.map(({ id, level, first, last, person, document, exception, late }) => ({
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
    source_id: by.source ?? null,
    why: plain(document.why),
    document: plain(JSON.stringify(document)),
    registry_version: by.registryVersion ?? null,
    exception_id: exception ?? null,
    retrospective: by.retrospective ?? false,
    late,
  }));
  const inserted = await tx
    .insertInto('finding')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .execute();
  return inserted.map(({ id }) => id);
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
      organization_id: organization,
      time: Number.isNaN(event.time) ? null : stamp(event.time),
    })),
  );
  const added = new Map<string, number>();
  for (let from = 0; from < rows.length; from += 5_000) {
    const fresh = await tx
      .insertInto('finding_event')
      .values(rows.slice(from, from + 5_000))
      .onConflict((conflict) => conflict.doNothing())
      .returning('finding_id')
      .execute();
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
