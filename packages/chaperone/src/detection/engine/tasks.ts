import { discover, type SourceInfo, type Unread } from '../../telemetry/index.ts';
import type { Task } from './lane.ts';

/** An EVTX file larger than this is shared among workers, in pieces of about this size. */
const PIECE = 64 * 1024 * 1024;
const CHUNK = 65_536;
const FILE_HEAD = 4096;

export interface TaskHooks {
  onUnread(problem: Unread): void;
  /** a source was found: its size on disk, for progress */
  onSource(path: string, size: number): void;
}

/** Walks the paths and makes tasks of what is there, in order. With several workers, large plain files that start like EVTX come in pieces. */
export async function* tasksOf(paths: readonly string[], workers: number, hooks: TaskHooks): AsyncGenerator<Task> {
  for await (const found of discover(paths)) {
    if ('kind' in found) {
      hooks.onUnread(found);
      continue;
    }
    hooks.onSource(found.path, found.size);
    if (workers > 1 && found.file !== undefined && found.size > PIECE * 1.5 && (await isEvtx(found.bytes(() => {})))) {
      yield* pieces(found.info, found.size);
    } else yield { source: found.info };
  }
}

function* pieces(source: SourceInfo, size: number): Generator<Task> {
  const chunks = Math.ceil((size - FILE_HEAD) / CHUNK);
  const each = PIECE / CHUNK;
  for (let from = 0; from < chunks; from += each) {
    // The last piece is open: a file that grows meanwhile is read to its end.
    yield from + each >= chunks ? { source, fromChunk: from } : { source, fromChunk: from, toChunk: from + each };
  }
}

async function isEvtx(bytes: AsyncGenerator<Buffer>): Promise<boolean> {
  for await (const first of bytes) {
    await bytes.return(undefined);
    return first.length >= 8 && first.toString('latin1', 0, 8) === 'ElfFile\0';
  }
  return false;
}
