import { Readable } from 'node:stream';
import type { Source } from '../src/telemetry/index.ts';

/** A source of bytes in memory, given in pieces of `size`, for feeding readers without a file. */
export function memorySource(data: Uint8Array, size = data.length): Source {
  const bytes = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < data.length; at += Math.max(1, size))
      yield Buffer.from(data.subarray(at, at + Math.max(1, size)));
  };
  return {
    path: 'memory',
    size: data.length,
    modified: 1_785_238_080_000_000,
    container: { file: 'memory', packed: false },
    info: { origin: { name: 'memory', file: 'memory', steps: [] }, size: data.length, modified: 1_785_238_080_000_000 },
    bytes,
    open: () => Readable.from(bytes(), { objectMode: false }),
  };
}
