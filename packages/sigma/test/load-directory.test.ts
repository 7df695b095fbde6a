import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDirectory, loadRules } from '../src/index.ts';
import { ruleText } from './one-rule.ts';

const RULE = ruleText('s:\n  A: b\ncondition: s');
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sigma-rules-'));
  mkdirSync(join(root, 'b/deep'), { recursive: true });
  writeFileSync(join(root, 'z.yml'), RULE);
  writeFileSync(join(root, 'b/deep/a.YAML'), RULE);
  writeFileSync(join(root, 'b/notes.txt'), 'no rule');
  writeFileSync(join(root, 'b/utf16.yml'), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(RULE, 'utf16le')]));
  writeFileSync(join(root, 'b/bom.yml'), `\ufeff${RULE.replaceAll('\n', '\r\n')}`);
  writeFileSync(join(root, 'b/broken.yml'), Buffer.from([0x74, 0x3a, 0x20, 0xff, 0xc0]));
  symlinkSync(root, join(root, 'b/loop'));
  symlinkSync(join(root, 'nowhere.yml'), join(root, 'dangling.yml'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a folder of rules', () => {
  it('is read whole, in order, through links and their circles', async () => {
    const { sources, unread } = await loadDirectory(root);
    const name = (path: string) => relative(root, path);
    expect(sources.map(({ file }) => name(file))).toEqual(['b/bom.yml', 'b/deep/a.YAML', 'b/utf16.yml', 'z.yml']);
    expect(unread.map(({ path, reason }) => [name(path), reason]).sort()).toEqual([
      ['b/broken.yml', 'the bytes are not UTF-8 text'],
      ['dangling.yml', 'there is no such file or folder'],
    ]);
    const set = loadRules(sources);
    expect(set.refused).toEqual([]);
    expect(set.rules).toHaveLength(4);
  });

  it('may be one file, and may be missing', async () => {
    expect((await loadDirectory(join(root, 'z.yml'))).sources).toHaveLength(1);
    expect((await loadDirectory(join(root, 'none'))).unread).toHaveLength(1);
  });

  it.skipIf(process.getuid?.() === 0)('says what it may not read', async () => {
    const path = join(root, 'secret.yml');
    writeFileSync(path, RULE);
    chmodSync(path, 0);
    expect((await loadDirectory(path)).unread).toEqual([{ path, reason: 'permission denied' }]);
    rmSync(path);
  });
});
