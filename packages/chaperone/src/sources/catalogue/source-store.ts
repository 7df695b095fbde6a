import { randomUUID } from 'node:crypto';
import type { MaskingRule, SourceTable, Tx } from '../../storage/index.ts';
import { shownSettings } from './source-settings.ts';

export interface NewSource {
  readonly name: string;
  readonly kind: SourceTable['kind'];
  readonly format?: string | null;
  readonly zone?: string | null;
  readonly expected_interval?: number | null;
  readonly promised_by?: string | null;
  readonly masking?: readonly MaskingRule[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly retention_days?: number | null;
}

const COLUMNS = [
  'id',
  'slug',
  'name',
  'kind',
  'format',
  'zone',
  'expected_interval',
  'promised_by',
  'masking',
  'settings',
  'state',
  'retention_days',
  'created_at',
  'updated_at',
] as const;
/** The sources of an organisation with their health and their last fetching, by name; deleted ones are left out. */
export async function listSources(tx: Tx, provider: string | null = null) {
  let query = tx.selectFrom('source').select(COLUMNS).where('state', '!=', 'deleted').orderBy('name');
  if (provider !== null) query = query.where('promised_by', '=', provider);
  const sources = await query.execute();
  const health = await tx
    .selectFrom('source_health')
    .select(['source_id', 'state', 'last_event_at', 'last_received_at', 'events', 'bytes', 'unread', 'dropped'])
    .select(['clock_offset', 'updated_at'])
    .execute();
  const byId = new Map(health.map(({ source_id, ...row }) => [source_id, row]));
  const fetched = await tx.selectFrom('source_cursor').select(['source_id', 'last_run_at', 'last_error']).execute();
  const fetchedById = new Map(fetched.map(({ source_id, ...row }) => [source_id, row]));
  return sources.map(({ settings, ...source }) => ({
    ...source,
    settings: shownSettings(settings),
    health: byId.get(source.id) ?? null,
    fetching: fetchedById.get(source.id) ?? null,
  }));
}

export async function getSource(tx: Tx, id: string, provider: string | null = null) {
  return (await listSources(tx, provider)).find((source) => source.id === id);
}

/** @returns its id */
export async function createSource(
  tx: Tx,
  organization: string,
  wanted: NewSource,
  by: string | null,
): Promise<string> {
  const id = randomUUID();
  const base =
    wanted.name
      .toLowerCase()
      .normalize('NFKD')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'source';
  const taken = new Set(
    (await tx.selectFrom('source').select('slug').where('state', '!=', 'deleted').execute()).map(({ slug }) => slug),
  );
  let slug = base;
  for (let n = 2; taken.has(slug); n += 1) slug = `${base}-${n}`;
  await tx
    .insertInto('source')
    .values({
      id,
      organization_id: organization,
      slug,
      name: wanted.name,
      kind: wanted.kind,
      format: wanted.format ?? null,
      zone: wanted.zone ?? null,
      expected_interval: wanted.expected_interval ?? null,
      promised_by: wanted.promised_by ?? null,
      masking: JSON.stringify(wanted.masking ?? []),
      settings: JSON.stringify(wanted.settings ?? {}),
      retention_days: wanted.retention_days ?? null,
      created_by: by,
    })
    .execute();
  await tx.insertInto('source_health').values({ source_id: id, organization_id: organization }).execute();
  return id;
}

/** @returns false where there is no such source */
export async function updateSource(
  tx: Tx,
  id: string,
  change: Partial<NewSource> & { readonly state?: 'active' | 'paused' | 'deleted' },
): Promise<boolean> {
  const { masking, settings, ...rest } = change;
  const { numUpdatedRows } = await tx
    .updateTable('source')
    .set({
      ...rest,
      ...(masking === undefined ? {} : { masking: JSON.stringify(masking) }),
      ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
  if (numUpdatedRows > 0n && change.state === 'deleted') {
    await tx.deleteFrom('source_binding').where('source_id', '=', id).execute();
    await tx
      .updateTable('token')
      .set({ revoked_at: new Date() })
      .where('source_id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
  }
  return numUpdatedRows > 0n;
}
