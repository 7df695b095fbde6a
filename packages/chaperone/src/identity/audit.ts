import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { StateStore, Tx } from '../storage/index.ts';
import { uuid7 } from './uuid.ts';
import type { Vault } from './vault.ts';

/** Who did it. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'system' | 'anonymous';
  readonly id: string | null;
  readonly name: string;
  readonly ip: string | null;
}

export const SYSTEM_ACTOR: Actor = { kind: 'system', id: null, name: 'Chaperone', ip: null };

/** An act that matters. `action` is thing and verb: `token.create`, `session.sign_in`. */
export interface Act {
  readonly actor: Actor;
  readonly action: string;
  readonly outcome?: 'success' | 'failure';
  readonly object?: { readonly kind: string; readonly id: string };
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A record as it is kept, exported and verified. Times are RFC 3339 UTC with microseconds. */
export interface AuditRecord {
  readonly id: string;
  readonly organization: string | null;
  readonly sequence: number;
  readonly at: string;
  readonly actor_kind: Actor['kind'];
  readonly actor_id: string | null;
  readonly actor_name: string;
  readonly action: string;
  readonly outcome: 'success' | 'failure';
  readonly object_kind: string | null;
  readonly object_id: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly ip: string | null;
  readonly hash: string;
  readonly previous_hash: string;
}

export type ChainVerdict =
  | { readonly ok: true; readonly records: number }
  | { readonly ok: false; readonly records: number; readonly sequence: number; readonly reason: string };

/** What stands before the first record of a chain. */
const BEGINNING = '0'.repeat(64);
const PAGE = 5_000;
/** Names that a secret could be given under by mistake. */
const SECRET = /password|secret|token$|cookie|authorization|private|seed/i;
/** What our own tokens look like. */
const TOKEN = /ch[pi]_[0-9A-Za-z]{20,}/;

/** Appends an act to its chain, within the transaction of the act itself: one is not there without the other. */
export async function audit(tx: Tx, vault: Vault, organization: string | null, act: Act): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`audit/${organization}`}, 0))`.execute(tx);
  const last = await tx
    .selectFrom('audit_record')
    .select(['sequence', 'hash'])
    .where('organization_id', organization === null ? 'is' : '=', organization)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { rows } = await sql<{
    at: string;
  }>`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`.execute(tx);
  const { actor } = act;
  const record = {
    id: uuid7(),
    organization,
    sequence: (last?.sequence ?? 0) + 1,
    at: rows[0].at,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    action: act.action,
    outcome: act.outcome ?? 'success',
    object_kind: act.object?.kind ?? null,
    object_id: act.object?.id ?? null,
    detail: withoutSecrets(act.detail ?? {}),
    ip: actor.ip,
    previous_hash: last?.hash ?? BEGINNING,
  } as const;
  const hash = hashOf(record);
  const { organization: organization_id, detail, ...columns } = record;
  await tx
    .insertInto('audit_record')
    .values({ ...columns, organization_id, detail: JSON.stringify(detail), hash })
    .execute();
  // The head is sealed beside the chain: whoever cuts off its end without the key is found out.
  await sql`select chaperone_audit_head(${organization}, ${JSON.stringify({ sequence: record.sequence, hash, mac: vault.mac('audit', `${organization}/${record.sequence}/${hash}`) })}::jsonb)`.execute(
    tx,
  );
}

/** Which records are wanted; all that is said must agree. */
export interface AuditFilter {
  /** part of the name of who did it, in any case */
  readonly actor?: string | undefined;
  /** the act: `token.create`, or `token` for all acts on tokens */
  readonly action?: string | undefined;
  /** id of the object, or part of what its record says of it (name, address, reason) */
  readonly object?: string | undefined;
  readonly outcome?: AuditRecord['outcome'] | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Records of a chain, newest first; `before` is the sequence to go on from. */
export async function readAudit(
  tx: Tx,
  organization: string | null,
  before: number | undefined,
  limit: number,
  filter: AuditFilter = {},
): Promise<AuditRecord[]> {
  let query = tx
    .selectFrom('audit_record')
    .selectAll()
    .select(sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('stamp'))
    .where('organization_id', organization === null ? 'is' : '=', organization)
    .orderBy('sequence', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('sequence', '<', before);
  const { actor, action, object, outcome, from, to } = filter;
  if (actor !== undefined) query = query.where('actor_name', 'ilike', containing(actor));
  if (action !== undefined)
    query = query.where((where) =>
      where.or([where('action', '=', action), where('action', 'like', `${literally(action)}.%`)]),
    );
  if (object !== undefined)
    query = query.where((where) =>
      where.or([
        where('object_id', '=', object),
        where('object_kind', '=', object),
        // of the values alone: every record has the same names
        sql<boolean>`exists (select from jsonb_each_text(detail) as said where said.value ilike ${containing(object)})`,
      ]),
    );
  if (outcome !== undefined) query = query.where('outcome', '=', outcome);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  return (await query.execute()).map(
    ({ organization_id, stamp, ...row }) => ({ ...row, organization: organization_id, at: stamp }) as AuditRecord,
  );
}

function containing(text: string): string {
  return `%${literally(text)}%`;
}

function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Computes a chain anew, and holds its end against the sealed head. */
export async function verifyChain(state: StateStore, vault: Vault, organization: string | null): Promise<ChainVerdict> {
  return state.everywhere(async (tx) => {
    const sealed = async () =>
      (await tx.selectFrom('setting').select('value').where('key', '=', headKey(organization)).executeTakeFirst())
        ?.value as Head | undefined;
    const head = await sealed();
    if (head !== undefined && vault.mac('audit', `${organization}/${head.sequence}/${head.hash}`) !== head.mac)
      return broken(0, head.sequence, 'the seal of the chain’s end was not made with the key of this installation');
    const verifier = new ChainVerifier();
    for (let after = 0; ; ) {
      const page = await pageOf(tx, organization, after, head?.sequence ?? 0);
      for (const record of page) verifier.add(record);
      if (page.length < PAGE) break;
      after = page[page.length - 1].sequence;
    }
    const verdict = verifier.end();
    if (!verdict.ok) return verdict;
    if (verdict.records !== (head?.sequence ?? 0) || (head !== undefined && verifier.hash !== head.hash))
      return broken(
        verdict.records,
        verdict.records + 1,
        `the chain was sealed at ${head?.sequence ?? 0} and ends at ${verdict.records}: records at its end are missing or were changed`,
      );
    // What was appended meanwhile has moved the seal, too. What stands behind a seal that has not moved was not appended by us.
    const beyond = await pageOf(tx, organization, verdict.records, Number.MAX_SAFE_INTEGER);
    if (beyond.length > 0 && (await sealed())?.sequence === head?.sequence)
      return broken(verdict.records, verdict.records + 1, 'there are records behind the sealed end of the chain');
    return verdict;
  });
}

interface Head {
  readonly sequence: number;
  readonly hash: string;
  readonly mac: string;
}

function broken(records: number, sequence: number, reason: string): ChainVerdict {
  return { ok: false, records, sequence, reason };
}

async function pageOf(tx: Tx, organization: string | null, after: number, to: number): Promise<AuditRecord[]> {
  const rows = await tx
    .selectFrom('audit_record')
    .selectAll()
    .select(sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('stamp'))
    .where('organization_id', organization === null ? 'is' : '=', organization)
    .where('sequence', '>', after)
    .where('sequence', '<=', to)
    .orderBy('sequence')
    .limit(PAGE)
    .execute();
  return rows.map(
    ({ organization_id, stamp, ...row }) => ({ ...row, organization: organization_id, at: stamp }) as AuditRecord,
  );
}

/** A chain as it is exported: a JSON record a line, oldest first, up to what is its end when the export begins. */
export async function* exportAudit(state: StateStore, organization: string | null): AsyncGenerator<Buffer> {
  const [newest] = await state.everywhere((tx) => readAudit(tx, organization, undefined, 1));
  const end = newest?.sequence ?? 0;
  for (let after = 0; after < end; ) {
    const page = await state.everywhere((tx) => pageOf(tx, organization, after, end));
    if (page.length === 0) return;
    yield Buffer.from(page.map((record) => `${JSON.stringify(record)}\n`).join(''));
    after = page[page.length - 1].sequence;
  }
}

/** Verifies an exported trail (a JSON record a line, oldest first) without any database. What was cut off at its end can't be told. */
export function verifyExport(lines: Iterable<string>): ChainVerdict {
  const verifier = new ChainVerifier();
  for (const line of lines) if (line.trim() !== '') verifier.add(recordOf(line));
  return verifier.end();
}

/** Undefined for a line that is no record. */
function recordOf(line: string): AuditRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** The setting that holds the sealed end of a chain. */
function headKey(organization: string | null): string {
  return `audit_head/${organization ?? ''}`;
}

class ChainVerifier {
  hash = BEGINNING;
  #records = 0;
  #broken: { sequence: number; reason: string } | undefined;

  /** @param record undefined: what stands in its place is none */
  add(record: AuditRecord | undefined): void {
    this.#records += 1;
    if (this.#broken !== undefined) return;
    if (record === undefined) {
      this.#broken = { sequence: this.#records, reason: `what stands in the place of record ${this.#records} is none` };
      return;
    }
    const { hash, ...rest } = record;
    if (record.sequence !== this.#records)
      this.#broken = {
        sequence: this.#records,
        reason: `record ${this.#records} is missing: ${record.sequence} stands in its place`,
      };
    else if (record.previous_hash !== this.hash)
      this.#broken = { sequence: record.sequence, reason: 'it does not follow the record before it' };
    else if (hashOf(rest) !== hash) this.#broken = { sequence: record.sequence, reason: 'its content was changed' };
    this.hash = hash;
  }

  end(): ChainVerdict {
    return this.#broken === undefined
      ? { ok: true, records: this.#records }
      : { ok: false, records: this.#records, ...this.#broken };
  }
}

function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  return createHash('sha256').update(canonical(record)).digest('hex');
}

/** JSON with the names of each object in order (RFC 8785 for what stands in records: texts, integers, booleans, null). */
function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value)
    .filter((name) => (value as Record<string, unknown>)[name] !== undefined)
    .sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join(',')}}`;
}

function withoutSecrets(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(detail, (name, value) => (SECRET.test(name) ? '(secret)' : value))
    .replaceAll('\\u0000', '\\ufffd')
    .toWellFormed();
  if (TOKEN.test(text)) return { note: 'left out: it held a token' };
  return JSON.parse(text);
}
