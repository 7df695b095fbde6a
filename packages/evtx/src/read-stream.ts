import { CHUNK_SIZE, FILE_HEAD } from './format.ts';
import { LogWalker } from './log-walker.ts';
import type { EvtxHandlers, EvtxOptions, EvtxSummary } from './reading.ts';

/**
 * Reads a log as its bytes arrive (out of an archive, from a network), one chunk in memory at a time. An error of the
 * source becomes an issue after what came before it was read. `fromChunk` and `toChunk` choose among what passes.
 */
export async function readStream(
  source: AsyncIterable<Uint8Array>,
  handlers: EvtxHandlers,
  options: EvtxOptions = {},
): Promise<EvtxSummary> {
  const walker = new LogWalker(options.name ?? '(stream)', handlers, options);
  const from = options.fromChunk ?? 0;
  const to = options.toChunk ?? Number.POSITIVE_INFINITY;
  // the header and the first chunk are looked at together, to tell a damaged header from no log
  const first = Buffer.allocUnsafe(FILE_HEAD + CHUNK_SIZE);
  const chunk = Buffer.allocUnsafe(CHUNK_SIZE);
  let target = first;
  let filled = 0;
  let index = 0;
  const flush = (): boolean => {
    let start = 0;
    if (target === first) {
      if (!walker.fileHead(first, filled)) return false;
      start = FILE_HEAD;
    }
    const offset = FILE_HEAD + index * CHUNK_SIZE;
    if (index >= from && filled > start) walker.chunk(target, start, filled - start, index, offset);
    walker.progress(offset + filled - start);
    index++;
    target = chunk;
    filled = 0;
    return index < to;
  };
  try {
    for await (const piece of source) {
      if (options.signal?.aborted) {
        walker.aborted = true;
        return walker.summary();
      }
      for (let at = 0; at < piece.length; ) {
        const count = Math.min(target.length - filled, piece.length - at);
        target.set(piece.subarray(at, at + count), filled);
        filled += count;
        at += count;
        if (filled === target.length && !flush()) return walker.summary();
      }
    }
  } catch (error) {
    if (target === first && filled === 0) return broken(walker, error, index);
    flush();
    return broken(walker, error, index);
  }
  if (filled > 0 || target === first) flush();
  return walker.summary();
}

function broken(walker: LogWalker, error: unknown, index: number): EvtxSummary {
  const reason = error instanceof Error ? error.message : String(error);
  walker.issue('unreadable-file', `The stream broke off: ${reason}`, {
    stop: true,
    offset: FILE_HEAD + index * CHUNK_SIZE,
  });
  return walker.summary();
}
