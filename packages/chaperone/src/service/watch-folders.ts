import type { FolderSource } from '../sources/index.ts';
import { watchFolder } from '../sources/index.ts';
import type { StateStore } from '../storage/index.ts';
import type { Intake } from '../telemetry/index.ts';

export interface FolderWatch {
  /** Stops after what is being read; resolves when that is stored. */
  close(): Promise<void>;
}

export interface FolderWatchDeps {
  readonly state: StateStore;
  readonly intake: Intake;
  fault(what: string, error: unknown): void;
}

interface Watched {
  readonly settings: string;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Milliseconds between two looks at which folders are to be watched; a change on this or another node is heard at once. */
const EVERY = 30_000;

/** Watches the folders of all active sources of kind `folder`, as they are added, changed, paused and removed. */
export async function watchFolders(deps: FolderWatchDeps): Promise<FolderWatch> {
  const { state, fault } = deps;
  const watched = new Map<string, Watched>();
  let closed = false;

  const begin = (source: FolderSource, settings: string) => {
    const stop = new AbortController();
    const done = watchFolder(state, source, { intake: deps.intake, now: Date.now, signal: stop.signal })
      .catch((error) => {
        if (!stop.signal.aborted) fault('A folder could not be watched; it is tried again.', error);
      })
      .finally(() => {
        if (watched.get(source.id)?.stop === stop) watched.delete(source.id);
      });
    watched.set(source.id, { settings, stop, done });
  };
  const look = async () => {
    const sources = await state.everywhere((tx) =>
      tx
        .selectFrom('source')
        .select(['id', 'organization_id', 'settings'])
        .where('kind', '=', 'folder')
        .where('state', '=', 'active')
        .execute(),
    );
    const wanted = new Map(sources.map((source) => [source.id, source]));
    for (const [id, { settings, stop, done }] of [...watched]) {
      const source = wanted.get(id);
      if (source !== undefined && JSON.stringify(source.settings) === settings) continue;
      stop.abort();
      await done;
    }
    for (const source of sources)
      if (!closed && !watched.has(source.id)) begin(source, JSON.stringify(source.settings));
  };
  // One look at a time: two would watch a folder twice.
  let looking: Promise<void> = Promise.resolve();
  const again = () => {
    looking = looking.then(look).catch((error) => fault('It is not known which folders are to be watched.', error));
    return looking;
  };
  const timer = setInterval(() => void again(), EVERY);
  const deaf = state.listen(({ kind }) => {
    if (kind === 'routing') void again();
  });
  await again();
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      deaf();
      await looking;
      for (const { stop } of watched.values()) stop.abort();
      await Promise.all([...watched.values()].map(({ done }) => done));
    },
  };
}
