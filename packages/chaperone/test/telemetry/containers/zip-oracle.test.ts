import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import yauzl from 'yauzl';
import { CONTAINER_LIMITS } from '../../../src/telemetry/containers/limits.ts';
import { zipMembers } from '../../../src/telemetry/containers/zip.ts';
import { corpus, describeCorpus } from '../corpus.ts';

/** What yauzl, which is stricter about an archive's end, finds in it; undefined where it gives up. */
async function byYauzl(path: string): Promise<unknown[] | undefined> {
  try {
    const zip = await yauzl.openPromise(path, { lazyEntries: true });
    const found: unknown[] = [];
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      found.push([
        entry.fileName,
        entry.relativeOffsetOfLocalHeader,
        entry.compressedSize,
        entry.uncompressedSize,
        entry.crc32,
      ]);
    }
    return found;
  } catch {
    return undefined;
  }
}

describeCorpus('zip directories', () => {
  it("are read as yauzl reads them, and three that it can't", async () => {
    const given = new Set<string>();
    for (const entry of readdirSync(join(corpus, 'security-datasets'), { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.zip')) continue;
      const path = join(entry.parentPath, entry.name);
      const ours: unknown[] = [];
      for await (const member of zipMembers(path, path, CONTAINER_LIMITS)) {
        if ('kind' in member) throw new Error(member.message);
        ours.push([member.name, member.header, member.packed, member.size, member.crc32]);
      }
      const theirs = await byYauzl(path);
      if (theirs !== undefined) {
        expect(ours).toEqual(theirs);
        given.add(path);
      } else expect(ours.length).toBeGreaterThan(0);
    }
    expect(given.size).toBe(58);
  });
});
