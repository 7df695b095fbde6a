import { setTimeout as sleep } from 'node:timers/promises';
import { type StateStore, StoreUnavailable } from '../../storage/index.ts';
import type { FolderCursor } from './folder-cursor.ts';
import { type FolderDeps, type FolderOutcome, type FolderSettings, scanFolder } from './scan-folder.ts';

/** The row of a source of kind `folder`. */
export interface FolderSource {
  readonly id: string;
  readonly organization_id: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface WatchDeps extends Omit<FolderDeps, 'save'> {
  /** milliseconds between two looks; 2,000 by default */
  readonly every?: number;
  /** hears of each look that found something or went wrong */
  readonly onLook?: (outcome: FolderOutcome) => void;
}

const EVERY = 2_000;
const EMPTY: FolderCursor = { files: {} };

/**
 * One look at a watched folder, from the places kept in `source_cursor` and with the new ones kept there. Polling, for network shares and
 * containers tell of no changes.
 *
 * @throws StoreUnavailable; TypeError for a source without a path
 */
export async function lookIntoFolder(
  store: StateStore,
  source: FolderSource,
  deps: Omit<FolderDeps, 'save'>,
): Promise<FolderOutcome> {
  const { path, include } = source.settings;
  if (typeof path !== 'string' || path === '') throw new TypeError(`the source ${source.id} names no folder`);
  const settings: FolderSettings = { path, ...(typeof include === 'string' ? { include } : {}) };
  const row = await store.within(source.organization_id, (tx) =>
    tx
      .selectFrom('source_cursor')
      .select(['cursor', 'last_error'])
      .where('source_id', '=', source.id)
      .executeTakeFirst(),
  );
  const before = (row?.cursor as unknown as FolderCursor | undefined) ?? EMPTY;
  let stored = JSON.stringify(before.files === undefined ? EMPTY : before);
  const save = async (cursor: FolderCursor, error: string | null = null) => {
    const text = JSON.stringify(cursor);
    if (text === stored && error === (row?.last_error ?? null)) return;
    stored = text;
    const values = { cursor: text, last_error: error, last_run_at: new Date(deps.now()).toISOString() };
    await store.within(source.organization_id, (tx) =>
      tx
        .insertInto('source_cursor')
        .values({ source_id: source.id, organization_id: source.organization_id, ...values })
        .onConflict((conflict) => conflict.column('source_id').doUpdateSet(values))
        .execute(),
    );
  };
  const outcome = await scanFolder(source, settings, before.files === undefined ? EMPTY : before, { ...deps, save });
  const problem = outcome.files.flatMap(({ problems }) => problems)[0];
  const error = outcome.error ?? (problem === undefined ? null : `${problem.message}. ${problem.mend}`);
  if (error !== null) await save(outcome.cursor, error);
  return outcome;
}

/** Watches a folder until the signal; a store that is gone is waited for. Resolves when the last look is done. */
export async function watchFolder(
  store: StateStore,
  source: FolderSource,
  deps: WatchDeps & { readonly signal: AbortSignal },
): Promise<void> {
  const every = deps.every ?? EVERY;
  while (!deps.signal.aborted) {
    let wait = every;
    try {
      const outcome = await lookIntoFolder(store, source, deps);
      if (outcome.files.length > 0 || outcome.error !== undefined) deps.onLook?.(outcome);
    } catch (error) {
      if (deps.signal.aborted) return;
      if (!(error instanceof StoreUnavailable)) throw error;
      wait = every * 5;
    }
    await sleep(wait, undefined, { signal: deps.signal }).catch(() => {});
  }
}
