import type { RecordBatch } from '../src/telemetry/index.ts';

/** Texts as the intake takes them. */
export function recordBatch(texts: readonly string[]): RecordBatch {
  const parts = texts.map((text) => Buffer.from(text));
  const ends = new Uint32Array(parts.length);
  let end = 0;
  for (let i = 0; i < parts.length; i += 1) {
    end += parts[i].length;
    ends[i] = end;
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), ends };
}
