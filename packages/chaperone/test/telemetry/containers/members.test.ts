import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Feed } from '../../../src/telemetry/containers/feed.ts';
import { CONTAINER_LIMITS } from '../../../src/telemetry/containers/limits.ts';
import { gunzip, unzstd } from '../../../src/telemetry/containers/unpack.ts';

// Files of many members (`cat a.gz b.gz`, bgzip, log rotation): the engine has taken more than one member's bytes, in one or
// several chunks, before it tells that the member ended; what is the next one's must not get lost.

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.each([
  ['gzip', gunzip, (bytes: Buffer) => gzipSync(bytes)],
  ['zstd', unzstd, (bytes: Buffer) => zstdCompressSync(bytes)],
] as const)('%s of many members', (_, unpack, pack) => {
  const line = Buffer.from('one line of a log that says the same again and again\n');
  it.each([
    ['large members in large chunks', 8000, 6, 100_000],
    ['large members in small chunks', 8000, 6, 500],
    ['small members in large chunks', 3, 1000, 100_000],
    ['small members in small chunks', 3, 300, 7],
  ])('%s', async (__, lines, members, size) => {
    const content = Buffer.alloc(line.length * lines, line);
    const packed = pack(content);
    const problems: string[] = [];
    let out = 0;
    for await (const chunk of unpack({
      feed: new Feed(chunks(Buffer.concat(Array.from({ length: members }, () => packed)), size)),
      name: 'log',
      limits: { ...CONTAINER_LIMITS, maxRatio: 1e9 },
      report: ({ code }) => problems.push(code),
    })) {
      out += chunk.length;
    }
    expect(problems).toEqual([]);
    expect(out).toBe(content.length * members);
  });
});
