import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CHUNK_SIZE, FILE_HEAD } from './format.ts';
import { LogWalker } from './log-walker.ts';
import type { EvtxHandlers, EvtxOptions, EvtxSummary } from './reading.ts';

/** Chunks read at once: 1 MiB makes the cost of a read call small and stays in the processor's cache. */
const BLOCK_CHUNKS = 16;
const BLOCK = BLOCK_CHUNKS * CHUNK_SIZE;

/** Bytes looked at to tell whether a file is a log: its header and the heads of the first chunks. */
const HEAD = FILE_HEAD + 8 * CHUNK_SIZE;

/** How many chunks a file of this path holds by its length, the last perhaps cut off. @throws as `fs.statSync` does */
export function chunkCount(path: string): number {
  return Math.max(0, Math.ceil((statSync(path).size - FILE_HEAD) / CHUNK_SIZE));
}

/**
 * Reads a file; the next block is fetched while one is decoded. Whatever is wrong with the file is told to
 * `handlers.onIssue` and never thrown; what `handlers.onRecord` throws passes through.
 */
export async function readFile(path: string, handlers: EvtxHandlers, options: EvtxOptions = {}): Promise<EvtxSummary> {
  const walker = new LogWalker(path, handlers, options);
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
  } catch (error) {
    unreadable(walker, error);
    return walker.summary();
  }
  try {
    await readBlocks(file, walker, options);
  } finally {
    await file.close();
  }
  return walker.summary();
}

async function readBlocks(file: FileHandle, walker: LogWalker, options: EvtxOptions): Promise<void> {
  const fill = async (buffer: Buffer, position: number): Promise<number> => {
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, position + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return length;
  };
  // an error is kept as a value until its block's turn, so that no rejection goes unseen
  const fetch = (buffer: Buffer, position: number) =>
    fill(buffer, position).then(
      (length) => ({ buffer, length, error: undefined as unknown }),
      (error: unknown) => ({ buffer, length: 0, error }),
    );
  const head = Buffer.allocUnsafe(HEAD);
  const { length, error } = await fetch(head, 0);
  if (error !== undefined) return unreadable(walker, error);
  if (!walker.fileHead(head, length)) return;
  let index = options.fromChunk ?? 0;
  const to = options.toChunk ?? Number.POSITIVE_INFINITY;
  const size = Math.max(
    CHUNK_SIZE,
    Math.min(BLOCK, (to - index) * CHUNK_SIZE, length < HEAD ? HEAD - FILE_HEAD : BLOCK),
  );
  let ahead = fetch(Buffer.allocUnsafe(size), FILE_HEAD + index * CHUNK_SIZE);
  let spare: Buffer = length < HEAD ? Buffer.alloc(0) : Buffer.allocUnsafe(size);
  while (index < to) {
    const block = await ahead;
    if (block.error !== undefined) return unreadable(walker, block.error, FILE_HEAD + index * CHUNK_SIZE);
    const start = index;
    const chunks = Math.ceil(block.length / CHUNK_SIZE);
    const more = block.length === size && index + chunks < to && spare.length > 0;
    if (more) ahead = fetch(spare, FILE_HEAD + (index + chunks) * CHUNK_SIZE);
    spare = block.buffer;
    if (options.signal?.aborted) {
      walker.aborted = true;
      if (more) await ahead;
      return;
    }
    index = walkBlock(walker, block.buffer, block.length, start, to);
    if (!more) return;
  }
}

/** As `readFile`, without giving way to anything else until it is done: for worker threads. */
export function readFileSync(path: string, handlers: EvtxHandlers, options: EvtxOptions = {}): EvtxSummary {
  const walker = new LogWalker(path, handlers, options);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    unreadable(walker, error);
    return walker.summary();
  }
  let position = 0;
  const fill = (buffer: Buffer): number => {
    let length = 0;
    while (length < buffer.length) {
      let count: number;
      try {
        count = readSync(file, buffer, length, buffer.length - length, position + length);
      } catch (error) {
        unreadable(walker, error, position + length);
        return -1;
      }
      if (count === 0) break;
      length += count;
    }
    return length;
  };
  try {
    const head = Buffer.allocUnsafe(HEAD);
    const length = fill(head);
    if (length < 0 || !walker.fileHead(head, length)) return walker.summary();
    const to = options.toChunk ?? Number.POSITIVE_INFINITY;
    const block: Buffer = length < HEAD ? head.subarray(FILE_HEAD) : Buffer.allocUnsafe(BLOCK);
    let index = options.fromChunk ?? 0;
    while (index < to) {
      if (options.signal?.aborted) {
        walker.aborted = true;
        break;
      }
      position = FILE_HEAD + index * CHUNK_SIZE;
      const count = fill(block);
      if (count <= 0) break;
      index = walkBlock(walker, block, count, index, to);
      if (count < block.length) break;
    }
  } finally {
    closeSync(file);
  }
  return walker.summary();
}

/** Walks the chunks of a block and gives the index of the chunk after it. */
function walkBlock(walker: LogWalker, block: Buffer, length: number, first: number, to: number): number {
  let index = first;
  for (let base = 0; base < length && index < to; base += CHUNK_SIZE, index++) {
    const offset = FILE_HEAD + index * CHUNK_SIZE;
    const size = Math.min(CHUNK_SIZE, length - base);
    walker.chunk(block, base, size, index, offset);
    walker.progress(offset + size);
  }
  return index;
}

function unreadable(walker: LogWalker, error: unknown, offset?: number): void {
  const reason = error instanceof Error ? error.message : String(error);
  walker.issue('unreadable-file', `The file can't be read: ${reason}`, { stop: true, offset });
}
