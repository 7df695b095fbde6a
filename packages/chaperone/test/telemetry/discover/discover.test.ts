import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DiscoverOptions, discover, openSource, type Source, type Unread } from '../../../src/telemetry/index.ts';
import { fileOf } from '../read.ts';
import { makeZip } from './make-zip.ts';

const line = Buffer.from('{"EventID":4624,"Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing"}\n');

async function found(paths: string | string[], options: DiscoverOptions = {}) {
  const sources: Source[] = [];
  const unread: Unread[] = [];
  for await (const one of discover([paths].flat(), options)) {
    if ('kind' in one) unread.push(one);
    else sources.push(one);
  }
  return { sources, unread, codes: unread.map((problem) => problem.code) };
}

async function bytes(source: Source) {
  const parts: Buffer[] = [];
  const problems: Unread[] = [];
  for await (const chunk of source.bytes((problem) => problems.push(problem))) parts.push(chunk);
  return { data: Buffer.concat(parts), codes: problems.map((problem) => problem.code) };
}

const folder = () => mkdtempSync(join(tmpdir(), 'chaperone-discover-'));

describe('folders', () => {
  it('walks in the order of names and gives a file once', async () => {
    const root = folder();
    mkdirSync(join(root, 'b'));
    for (const name of ['c', 'b/z', 'b/a', 'a']) writeFileSync(join(root, name), line);
    symlinkSync(join(root, 'a'), join(root, 'again'));
    const { sources, unread } = await found([root, join(root, 'c')]);
    expect(sources.map((source) => source.path.slice(root.length + 1))).toEqual(['a', 'b/a', 'b/z', 'c']);
    expect(sources[0].file).toBe(join(root, 'a'));
    expect(unread).toEqual([]);
  });

  it('tells link loops, broken links, what is no file and what is empty', async () => {
    const root = folder();
    mkdirSync(join(root, 'inner'));
    symlinkSync(root, join(root, 'inner', 'loop'));
    symlinkSync('self', join(root, 'self'));
    symlinkSync('gone', join(root, 'broken'));
    writeFileSync(join(root, 'empty'), '');
    const command = 'mkfifo';
    execFileSync(command, [join(root, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    const { sources, unread } = await found([root, '/dev/null', join(root, 'nothing')]);
    server.close();
    expect(sources).toEqual([]);
    const codes = Object.fromEntries(
      unread.map((problem) => [problem.file.slice(problem.file.lastIndexOf('/') + 1), problem.code]),
    );
    expect(codes).toEqual({
      broken: 'not_found',
      empty: 'file_empty',
      loop: 'link_loop',
      pipe: 'not_a_file',
      self: 'link_loop',
      socket: 'not_a_file',
      null: 'not_a_file',
      nothing: 'not_found',
    });
    for (const problem of unread) expect(problem.mend).not.toBe('');
  });

  it.skipIf(process.getuid?.() === 0)('tells what may not be read', async () => {
    const path = fileOf(line);
    chmodSync(path, 0);
    expect((await found(path)).codes).toEqual(['no_permission']);
  });
});

describe('archives', () => {
  it('opens gzip and zstd by content, also of several parts', async () => {
    const twice = Buffer.concat([line, line]);
    for (const packed of [
      gzipSync(line),
      zstdCompressSync(line),
      Buffer.concat([gzipSync(line), gzipSync(Buffer.alloc(0))]),
    ]) {
      const { sources } = await found(fileOf(packed, 'named.txt'));
      expect(await bytes(sources[0])).toEqual({ data: line, codes: [] });
      expect(sources[0].file).toBeUndefined();
    }
    for (const packed of [
      Buffer.concat([gzipSync(line), gzipSync(line)]),
      Buffer.concat([zstdCompressSync(line), zstdCompressSync(line)]),
      Buffer.concat([gzipSync(line), gzipSync(line), Buffer.alloc(512)]),
    ]) {
      expect(await bytes((await found(fileOf(packed))).sources[0])).toEqual({ data: twice, codes: [] });
    }
  });

  it('opens zips, what is packed inside them, and zips inside zips; a source can be sent to another thread', async () => {
    const inner = makeZip([{ name: 'deep.json', data: line, stored: true }]);
    const zip = makeZip([
      { name: 'dir/', data: Buffer.alloc(0), stored: true },
      { name: 'dir/a.json', data: line },
      { name: 'b.gz', data: gzipSync(line) },
      { name: '../c.zip', data: inner },
      { name: '__MACOSX/._a.json', data: Buffer.from('0005160700020000', 'hex'), stored: true },
    ]);
    const path = fileOf(zip, 'x.zip');
    const { sources, unread } = await found(path);
    expect(unread).toEqual([]);
    expect(sources.map((source) => source.path.slice(path.length))).toEqual([
      '!/dir/a.json',
      '!/b.gz',
      '!/../c.zip!/deep.json',
    ]);
    expect(sources[0].modified).toBe(Date.UTC(2026, 6, 28, 11, 28) * 1000);
    for (const source of sources) {
      expect(await bytes(openSource(structuredClone(source.info)))).toEqual({ data: line, codes: [] });
    }
    const streamed: Buffer[] = [];
    for await (const chunk of sources[2].open()) streamed.push(chunk);
    expect(Buffer.concat(streamed)).toEqual(line);
  });

  it('takes a zip with bytes before it, a comment, or an end that lies about its comment', async () => {
    const zip = makeZip([{ name: 'a', data: line }], 'hello');
    const lying = makeZip([{ name: 'a', data: line }]);
    lying.writeUInt16LE(1, lying.length - 2);
    for (const bad of [zip, Buffer.concat([line, zip]), lying]) {
      // What stands before it is not a zip by its first bytes, so only the others are opened as one
      const { sources, unread } = await found(fileOf(bad));
      expect(unread).toEqual([]);
      if (bad[0] === 0x50) expect((await bytes(sources[0])).data).toEqual(line);
    }
  });

  it('tells encrypted members, unknown methods and damage, and goes on with the others', async () => {
    const zip = makeZip([
      { name: 'secret', data: line, encrypted: true },
      { name: 'odd', data: line, method: 14 },
      { name: 'good', data: line },
    ]);
    const { sources, unread } = await found(fileOf(zip));
    expect(unread.map((problem) => problem.code)).toEqual(['archive_encrypted', 'archive_method']);
    expect(sources.map((source) => source.path.split('!/')[1])).toEqual(['good']);
    expect((await found(fileOf(zip.subarray(0, zip.length - 40)))).codes).toEqual(['archive_damaged']);
    const damaged = makeZip([{ name: 'a', data: line }]);
    damaged[34] ^= 0xff;
    const { sources: hurt, unread: told } = await found(fileOf(damaged));
    const codes = hurt.length > 0 ? (await bytes(hurt[0])).codes : told.map((problem) => problem.code);
    expect(codes).toContain('archive_damaged');
  });

  it('gives what came out of a truncated or damaged gzip, and tells it', async () => {
    const data = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `line ${i} ${(i * 7919) % 10_007}\n`).join(''));
    const packed = gzipSync(data);
    const { sources } = await found(fileOf(packed.subarray(0, packed.length / 2)));
    const half = await bytes(sources[0]);
    expect(half.codes).toEqual(['archive_truncated']);
    expect(half.data.length).toBeGreaterThan(data.length / 4);
    expect(data.subarray(0, half.data.length).equals(half.data)).toBe(true);
    const wrong = Buffer.from(packed);
    wrong.writeUInt32LE(1, wrong.length - 8);
    expect((await bytes((await found(fileOf(wrong))).sources[0])).codes).toEqual(['archive_damaged']);
    const trailing = Buffer.concat([packed, Buffer.from('trailing garbage')]);
    const whole = await bytes((await found(fileOf(trailing))).sources[0]);
    expect(whole.codes).toEqual(['archive_damaged']);
    expect(whole.data.equals(data)).toBe(true);
    const zstd = zstdCompressSync(data);
    const cut = await bytes((await found(fileOf(zstd.subarray(0, zstd.length / 2)))).sources[0]);
    expect(cut.codes).toEqual(['archive_truncated']);
  });

  it('stops bombs by ratio, by size, by depth and by number', async () => {
    const zeros = Buffer.alloc(4 * 1024 * 1024);
    const limits = { ratioFrom: 1024 * 1024 };
    for (const bomb of [gzipSync(zeros), zstdCompressSync(zeros), makeZip([{ name: 'a', data: zeros }])]) {
      const { sources } = await found(fileOf(bomb), { limits });
      const result = await bytes(sources[0]);
      expect(result.codes).toEqual(['archive_bomb']);
      expect(result.data.length).toBeLessThan(zeros.length);
    }
    const { sources } = await found(fileOf(gzipSync(line)), { limits: { maxUnpacked: 10 } });
    expect(sources).toEqual([]);
    let nested = gzipSync(line);
    for (let i = 0; i < 6; i += 1) nested = gzipSync(nested);
    expect((await found(fileOf(nested))).codes).toEqual(['archive_too_deep']);
    const many = makeZip(Array.from({ length: 5 }, (_, i) => ({ name: `${i}`, data: line })));
    expect((await found(fileOf(many), { limits: { maxMembers: 3 } })).codes).toEqual(['archive_bomb']);
    const outer = makeZip([
      { name: 'in.zip', data: makeZip([{ name: 'a', data: Buffer.from(String(Math.random()).repeat(500)) }]) },
    ]);
    expect((await found(fileOf(outer), { limits: { maxNested: 100 } })).codes).toEqual(['archive_too_large']);
  });
});

describe('files that change', () => {
  const big = Buffer.concat(Array.from({ length: 30_000 }, () => line));
  it('reads one that grows as far as it went, and tells it', async () => {
    const path = fileOf(big);
    const [source] = (await found(path)).sources;
    const problems: Unread[] = [];
    let size = 0;
    for await (const chunk of source.bytes((problem) => problems.push(problem))) {
      if (size === 0) appendFileSync(path, line);
      size += chunk.length;
    }
    expect(size).toBe(big.length);
    expect(problems).toMatchObject([{ code: 'file_changed', records: 0 }]);
  });
  it('tells one that shrinks', async () => {
    const path = fileOf(big);
    const [source] = (await found(path)).sources;
    const problems: Unread[] = [];
    for await (const _ of source.bytes((problem) => problems.push(problem))) truncateSync(path, 100);
    expect(problems).toMatchObject([{ code: 'file_shrank', stop: true }]);
  });
});
