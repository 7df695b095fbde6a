import type { SourceTable, StateStore } from '../../storage/index.ts';
import { FetchFailure, type Intake, type Patience, patientFetch } from '../../telemetry/index.ts';
import { deliver } from '../deliver.ts';
import { pullCloudTrail } from './cloudtrail.ts';
import { pullEntra } from './entra.ts';
import { pullMicrosoft365 } from './microsoft-365.ts';
import { pullOkta } from './okta.ts';
import type { PullBatch, PullContext, PullCursor } from './pull.ts';
import { type PullSettings, pullSettingsSchema } from './settings.ts';

/** The row of a source, as it is read. */
export type PulledSource = Pick<SourceTableRow, 'id' | 'organization_id' | 'settings'>;
interface SourceTableRow {
  readonly id: SourceTable['id'];
  readonly organization_id: SourceTable['organization_id'];
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface RunPullDeps {
  readonly intake: Intake;
  readonly vault: { open(sealed: string): string };
  /** milliseconds since 1970 */
  readonly now: () => number;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
}

export interface PullOutcome {
  readonly records: number;
  readonly bytes: number;
  /** records that could not be decoded and were stored as they are */
  readonly misread: number;
  /** in words; undefined: all went well */
  readonly error?: string;
}

/**
 * Pulls what is new of a source and hands it to the intake. The place to go on from is saved only after the intake stored what came before it:
 * a run that breaks off repeats some records, which does no harm, and loses none. What went wrong stands in `source_cursor.last_error`.
 *
 * @throws StoreUnavailable; TypeError for settings that are none
 */
export async function runPull(store: StateStore, source: PulledSource, deps: RunPullDeps): Promise<PullOutcome> {
  const parsed = pullSettingsSchema.safeParse(source.settings);
  if (!parsed.success)
    throw new TypeError(`the settings of source ${source.id} can't be used: ${parsed.error.message}`);
  const settings = opened(parsed.data, deps.vault);
  const row = await store.within(source.organization_id, (tx) =>
    tx.selectFrom('source_cursor').select('cursor').where('source_id', '=', source.id).executeTakeFirst(),
  );
  let cursor: PullCursor = row?.cursor ?? {};
  let [records, bytes, misread] = [0, 0, 0];
  let error: string | undefined;
  try {
    for await (const batch of batchesOf(settings, cursor, contextOf(settings, deps))) {
      if (batch.records.length > 0) {
        const about = { organization: source.organization_id, source: source.id, listener: 'pull' };
        const delivered = await deliver(deps.intake, about, batch.records, deps.signal);
        records += delivered.records;
        bytes += delivered.bytes;
        misread += delivered.misread;
      }
      cursor = batch.cursor;
      await save(store, source, cursor, null, deps.now());
      if (deps.signal?.aborted === true) break;
    }
  } catch (failure) {
    if (!(failure instanceof FetchFailure)) throw failure;
    error = `${failure.message} ${failure.mend}`;
  }
  await save(store, source, cursor, error ?? null, deps.now());
  return { records, bytes, misread, ...(error === undefined ? {} : { error }) };
}

function batchesOf(settings: PullSettings, cursor: PullCursor, context: PullContext): AsyncGenerator<PullBatch> {
  switch (settings.service) {
    case 'cloudtrail':
      return pullCloudTrail(settings, cursor, context);
    case 'microsoft-365':
      return pullMicrosoft365(settings, cursor, context);
    case 'entra':
      return pullEntra(settings, cursor, context);
    case 'okta':
      return pullOkta(settings, cursor, context);
  }
}

function contextOf(settings: PullSettings, { now, patience, signal }: RunPullDeps): PullContext {
  const guard = {
    allowPrivate: settings.allow_private === true,
    allowHttp: settings.allow_http === true,
    ...(signal === undefined ? {} : { signal }),
  };
  return { now, fetch: (url, options) => patientFetch(url, { ...guard, ...options }, patience) };
}

function opened(settings: PullSettings, vault: RunPullDeps['vault']): PullSettings {
  switch (settings.service) {
    case 'cloudtrail':
      return { ...settings, secret_access_key: vault.open(settings.secret_access_key) };
    case 'okta':
      return { ...settings, token: vault.open(settings.token) };
    default:
      return { ...settings, client_secret: vault.open(settings.client_secret) };
  }
}

async function save(
  store: StateStore,
  source: PulledSource,
  cursor: PullCursor,
  error: string | null,
  now: number,
): Promise<void> {
  const values = { cursor: JSON.stringify(cursor), last_error: error, last_run_at: new Date(now).toISOString() };
  await store.within(source.organization_id, (tx) =>
    tx
      .insertInto('source_cursor')
      .values({ source_id: source.id, organization_id: source.organization_id, ...values })
      .onConflict((conflict) => conflict.column('source_id').doUpdateSet(values))
      .execute(),
  );
}
