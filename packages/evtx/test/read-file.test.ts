import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { chunkCount, type EvtxIssue, readFile, readFileSync as readLog, readStream } from '../src/index.ts';
import { joinChunks, writeEvtx, writeEvtxFile } from '../testkit/index.ts';
import { logon } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'evtx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const log = join(folder, 'a.evtx');
writeFileSync(log, writeEvtx(Array.from({ length: 2500 }, (_, index) => logon({ computer: `host${index % 7}` }))));

it('reads by blocks what it reads at once, and splits by chunks', async () => {
  const all: number[] = [];
  await readFile(log, { onRecord: (cursor) => void all.push(cursor.recordId) });
  expect(all).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
  const chunks = chunkCount(log);
  const parts: number[] = [];
  const ranges = [
    [0, 5],
    [5, 6],
    [6, chunks],
    [chunks, chunks + 5],
  ];
  for (const [fromChunk, toChunk] of ranges) {
    const options = { fromChunk, toChunk };
    const before = parts.length;
    await readFile(log, { onRecord: (cursor) => void parts.push(cursor.recordId) }, options);
    const same: number[] = [];
    readLog(log, { onRecord: (cursor) => void same.push(cursor.recordId) }, options);
    expect(same).toEqual(parts.slice(before));
  }
  expect(parts).toEqual(all);
});

it('reads more than one block', async () => {
  const big = join(folder, 'big.evtx');
  const { records, chunks } = joinChunks({ sources: [log], to: big, bytes: 5 << 20 });
  expect(chunkCount(big)).toBe(chunks);
  const count = { async: 0, sync: 0, stream: 0 };
  let progress = 0;
  const summary = await readFile(big, {
    onRecord: (cursor) => {
      count.async++;
      expect(cursor.recordId).toBe(count.async);
      expect(cursor.get('EventRecordID')).toBe(count.async);
    },
    onIssue: (issue) => expect.fail(issue.message),
    onProgress: (bytes) => {
      progress = bytes;
    },
  });
  expect(summary).toMatchObject({ records, unread: 0, chunks, issues: 0, bytes: 4096 + chunks * 65_536 });
  expect(progress).toBe(summary.bytes);
  readLog(big, { onRecord: () => void count.sync++ });
  const { createReadStream } = await import('node:fs');
  await readStream(createReadStream(big), { onRecord: () => void count.stream++ });
  expect(count).toEqual({ async: records, sync: records, stream: records });
});

it('tells what can not be read instead of throwing', async () => {
  const issues: EvtxIssue[] = [];
  const handlers = { onRecord: () => {}, onIssue: (issue: EvtxIssue) => void issues.push(issue) };
  await readFile(join(folder, 'missing.evtx'), handlers);
  readLog(join(folder, 'missing.evtx'), handlers);
  await readFile(folder, handlers);
  readLog(folder, handlers);
  expect(issues.map(({ code, stop }) => [code, stop])).toEqual(Array(4).fill(['unreadable-file', true]));
  expect(issues[0].file).toBe(join(folder, 'missing.evtx'));
});

it('passes on what a handler throws, and stops when told', async () => {
  const boom = () => {
    throw new Error('boom');
  };
  await expect(readFile(log, { onRecord: boom })).rejects.toThrow('boom');
  expect(() => readLog(log, { onRecord: boom })).toThrow('boom');
  const controller = new AbortController();
  const big = join(folder, 'big.evtx');
  const summary = await readFile(big, { onRecord: () => controller.abort() }, { signal: controller.signal });
  expect(summary.aborted).toBe(true);
  expect(summary.bytes).toBeLessThan(5 << 20);
});

it('writes a log as events come', async () => {
  const path = join(folder, 'streamed.evtx');
  const source = async function* () {
    for (let index = 0; index < 500; index++) yield logon({ data: { Index: index } });
  };
  const { records, bytes } = await writeEvtxFile(path, source());
  const got: unknown[] = [];
  const summary = readLog(path, { onRecord: (cursor) => void got.push(cursor.get('Index')) });
  expect(summary).toMatchObject({ records: 500, bytes, unread: 0, issues: 0 });
  expect(records).toBe(500);
  expect(got).toEqual(Array.from({ length: 500 }, (_, index) => index));
});
