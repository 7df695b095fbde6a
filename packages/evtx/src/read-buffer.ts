import { CHUNK_SIZE, FILE_HEAD } from './format.ts';
import { LogWalker } from './log-walker.ts';
import type { EvtxHandlers, EvtxOptions, EvtxSummary } from './reading.ts';

/** Reads a log that is in memory. */
export function readBuffer(bytes: Uint8Array, handlers: EvtxHandlers, options: EvtxOptions = {}): EvtxSummary {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walker = new LogWalker(options.name ?? '(buffer)', handlers, options);
  if (!walker.fileHead(buffer, buffer.length)) return walker.summary();
  const to = options.toChunk ?? Number.POSITIVE_INFINITY;
  for (let index = options.fromChunk ?? 0; index < to; index++) {
    const at = FILE_HEAD + index * CHUNK_SIZE;
    if (at >= buffer.length) break;
    if (options.signal?.aborted) {
      walker.aborted = true;
      break;
    }
    const length = Math.min(CHUNK_SIZE, buffer.length - at);
    walker.chunk(buffer, at, length, index, at);
    walker.progress(at + length);
  }
  return walker.summary();
}
