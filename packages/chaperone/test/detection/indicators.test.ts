import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createIndicatorMatcher,
  describeHit,
  type Indicator,
  loadIndicatorFile,
  loadIndicators,
  readIndicatorFiles,
} from '../../src/detection/indicators/index.ts';
import { readIndicators } from '../../src/detection/indicators/load.ts';
import { IndicatorStore, IndicatorTable, KIND } from '../../src/detection/indicators/store.ts';
import type { NormalPath } from '../../src/telemetry/index.ts';

const load = (text: string) => loadIndicators(text, 'feed.csv');
const values = (text: string) => load(text).indicators.map(({ type, value }) => `${type} ${value}`);
const matcher = (text: string) => createIndicatorMatcher(load(text).indicators);

describe('loadIndicators', () => {
  it('reads CSV with its columns in any order, lists, and defanged values', () => {
    expect(
      values('Type,Value\nurl,a.evil.example\nfilehash-md5,001B8F696B6576798517168CD0A0FB44\nipv4,192.0.2.4\n'),
    ).toEqual(['domain a.evil.example', 'md5 001b8f696b6576798517168cd0a0fb44', 'ip 4/3221225988']);
    expect(values('value;valid_until;type\nevil.example;2027-01-01;domain\n')).toEqual(['domain evil.example']);
    expect(
      values(
        '# a list\nhxxp://evil[.]example/a?b=1\nevil2[.]example\n198.51.100.0/24\n2001:db8::1\nbad@evil.example\n',
      ),
    ).toEqual([
      'url evil.example/a?b=1',
      'domain evil2.example',
      'cidr 198.51.100.0/24',
      `ip 6/${0x20010db8000000000000000000000001n}`,
      'email bad@evil.example',
    ]);
    expect(
      load('type,value,first_published,source,weight\ndomain,evil.example,2017-04,Report,low\n').indicators[0],
    ).toMatchObject({ validFrom: Date.UTC(2017, 3), feed: 'Report', confidence: 15 });
  });

  it('names the line of each bad row and reads the rest', () => {
    const { indicators, problems } = load(
      'type,value\nip,999.1.1.1\nmd5,xyz\nbanana,1\ndomain,\ndomain,evil.example\ndomain,evil.example\nip,8.8.8.8\ndomain,update.microsoft.com\nip,10.0.0.1\nmd5,d41d8cd98f00b204e9800998ecf8427e\n',
    );
    expect(indicators).toHaveLength(1);
    expect(problems.map((problem) => [problem.line, problem.code])).toEqual([
      [2, 'INDICATORS_ROW'],
      [3, 'INDICATORS_ROW'],
      [4, 'INDICATORS_ROW'],
      [5, 'INDICATORS_ROW'],
      [8, 'INDICATORS_BENIGN'],
      [9, 'INDICATORS_BENIGN'],
      [10, 'INDICATORS_BENIGN'],
      [11, 'INDICATORS_BENIGN'],
    ]);
  });

  it('reads a STIX bundle’s simple patterns, and says which it can’t', () => {
    const object = (id: number, pattern: string, more = {}) => ({
      type: 'indicator',
      id: `indicator--${id}`,
      pattern,
      pattern_type: 'stix',
      valid_from: '2024-01-01T00:00:00Z',
      ...more,
    });
    const bundle = {
      type: 'bundle',
      objects: [
        { type: 'identity', id: 'identity--1', name: 'Health-ISAC' },
        object(
          1,
          "[domain-name:value = 'evil.example'] OR [ipv4-addr:value = '192.0.2.1' OR ipv4-addr:value = '192.0.2.0/28']",
          {
            created_by_ref: 'identity--1',
            confidence: 70,
            valid_until: '2025-01-01T00:00:00Z',
            object_marking_refs: ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82'],
          },
        ),
        object(2, "[file:hashes.'SHA-256' = '5262cb9791df50fafcb2fbd5f93226050b51efe400c2924eecba97b7ce437481']"),
        object(3, "[file:name = 'a\\'b.exe']"),
        object(4, "[file:name = 'a' AND file:size = 3]"),
        object(5, "[domain-name:value LIKE '%.evil']"),
        object(6, "[domain-name:value = 'x.example']", { revoked: true }),
        object(7, "[process:pid = '1']"),
        object(8, '['),
        null,
      ],
    };
    const { indicators, problems } = loadIndicators(JSON.stringify(bundle), 'bundle.json');
    expect(indicators.map(({ type, written }) => `${type} ${written}`)).toEqual([
      'domain evil.example',
      'ip 192.0.2.1',
      'cidr 192.0.2.0/28',
      'sha256 5262cb9791df50fafcb2fbd5f93226050b51efe400c2924eecba97b7ce437481',
      "file-name a'b.exe",
    ]);
    expect(indicators[0]).toMatchObject({
      feed: 'Health-ISAC',
      confidence: 70,
      tlp: 'amber',
      validUntil: Date.UTC(2025, 0),
    });
    expect(problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining('needs AND'),
      expect.stringContaining('needs LIKE'),
      expect.stringContaining('revoked'),
      expect.stringContaining('process:pid'),
      expect.stringContaining('brackets don’t match'),
    ]);
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary-ascii' }),
          fc.json(),
          fc.string().map((text) => `type,value\n${text}`),
        ),
        (text) => {
          createIndicatorMatcher(load(text).indicators).match('url', text);
        },
      ),
      { numRuns: 300 },
    );
    expect(loadIndicatorFile('/nowhere/at/all.csv').problems[0]!.code).toBe('INDICATORS_UNREADABLE');
  });

  it('reads our own Cloud Hopper list whole', () => {
    const file = new URL('../../../../content/indicators/cloud-hopper.csv', import.meta.url);
    const { indicators, problems } = loadIndicators(readFileSync(file, 'utf8'), 'cloud-hopper.csv');
    expect(problems).toEqual([]);
    expect(indicators.length).toBeGreaterThan(100);
    expect(
      indicators.every((indicator) => indicator.validFrom! < Date.UTC(2018, 0) && indicator.confidence! <= 15),
    ).toBe(true);
  });

  const corpus = new URL(
    `${process.env.CHAPERONE_CORPUS ?? '../shared/corpus'}/indicators/cloud-hopper-v3.csv`,
    new URL('../../../../', import.meta.url),
  );
  it.skipIf(!existsSync(corpus) && process.env.CI !== 'true')('reads the whole list of PwC and BAE (corpus)', () => {
    const { indicators, problems } = loadIndicators(readFileSync(corpus, 'utf8'), 'v3.csv');
    expect(problems).toEqual([]);
    // 1,898 rows hold one domain and one mail address twice.
    expect(indicators).toHaveLength(1896);
  });
});

describe('match', () => {
  const table: [string, NormalPath, string, number][] = [
    ['domain,evil.example', 'dns.query', 'EVIL.example.', 1],
    ['domain,evil.example', 'dns.query', 'a.b.evil.example', 1],
    ['domain,evil.example', 'dns.query', 'notevil.example', 0],
    ['domain,evil.example', 'dns.query', 'evil.example.com', 0],
    ['domain,evil.example', 'url', 'https://user@x.evil.example:8443/p', 1],
    ['url,http://evil.example/a.php', 'url', 'https://evil.example/a.php?x=1', 1],
    ['url,http://evil.example/a.php', 'url', 'https://evil.example/b.php', 0],
    ['ip,192.0.2.1', 'dst_endpoint.ip', '::ffff:192.0.2.1', 1],
    ['ip,192.0.2.1', 'url', 'http://192.0.2.1/x', 1],
    ['ip,192.0.2.1', 'dst_endpoint.hostname', '192.0.2.1', 1],
    ['ip,192.0.2.1', 'dst_endpoint.ip', '192.0.2.10', 0],
    ['cidr,192.0.2.0/24\ncidr,192.0.2.0/28\nip,192.0.2.1', 'src_endpoint.ip', '192.0.2.1', 3],
    ['cidr,192.0.2.0/24\ncidr,192.0.2.0/28', 'src_endpoint.ip', '192.0.2.77', 1],
    [
      'md5,001b8f696b6576798517168cd0a0fb44',
      'process.hashes',
      'SHA1=AA,MD5=001B8F696B6576798517168CD0A0FB44,IMPHASH=00',
      1,
    ],
    ['md5,001b8f696b6576798517168cd0a0fb44', 'file.hashes', '001B8F696B6576798517168CD0A0FB44', 1],
    ['filename,nbt.exe', 'process.file.path', 'C:\\x\\NBT.EXE', 1],
    ['filename,nbt.exe', 'process.file.path', 'C:\\x\\anbt.exe', 0],
    ['filename,nbt.exe', 'service.cmd_line', '"C:\\x y\\nbt.exe" -k', 1],
    ['filename,nbt.exe', 'process.original_file_name', 'nbt.exe', 1],
    ['filename,[digits].plg', 'file.path', 'C:\\x\\0815.plg', 1],
    ['filename,[digits].plg', 'file.path', 'C:\\x\\a.plg', 0],
    ['filepath,%APPDATA%\\notron.exe', 'file.path', 'C:\\Users\\anna\\AppData\\Roaming\\notron.exe', 1],
    [
      'filepath,%USERPROFILE%\\\\AppData\\Roaming\\notron.exe',
      'file.path',
      'D:\\Users\\b\\AppData\\Roaming\\notron.exe',
      1,
    ],
    ['filepath,%ALLUSERSPROFILE%\\SxS', 'file.path', 'C:\\ProgramData\\SxS\\x.dll', 1],
    ['filepath,C:\\recovery\\nbt.exe', 'process.file.path', '\\Device\\HarddiskVolume3\\Recovery\\nbt.exe', 1],
    ['filepath,C:\\recovery\\nbt.exe', 'process.file.path', 'C:\\recovery\\nbt.exe.bak', 0],
    [
      'registrykey,HKEY_CURRENT_USER\\SOFTWARE\\EGGORG',
      'reg_key.path',
      'HKU\\S-1-5-21-1-2-3-1001\\Software\\EGGORG\\x',
      1,
    ],
    ['registrykey,HKLM\\Software\\CLASSES\\MJ', 'reg_key.path', '\\REGISTRY\\MACHINE\\SOFTWARE\\Classes\\MJ', 1],
    ['registrykey,HKLM\\Software\\CLASSES\\MJ', 'reg_key.path', 'HKLM\\SOFTWARE\\Classes\\MJX', 0],
    ['mutex,vv11287GD', 'mutex', '\\Sessions\\1\\BaseNamedObjects\\vv11287GD', 1],
    ['mutex,vv11287GD', 'mutex', 'VV11287gd', 0],
    ['namepipe,\\.\\pipe\\NamePipe_MoreWindows', 'file.path', '\\NamePipe_MoreWindows', 1],
    ['email,Bad@Evil.example', 'email', 'bad@evil.EXAMPLE', 1],
  ];
  it.each(table)('%s in %s: %s', (rows, path, value, hits) => {
    const found = matcher(`type,value\n${rows}\n`);
    expect(found.match(path, value)).toHaveLength(hits);
    if (hits > 0) expect(found.paths).toContain(path);
  });

  it('asks only for paths that can match', () => {
    expect(matcher('type,value\nmutex,x\n').paths).toEqual(['mutex']);
    expect(createIndicatorMatcher([]).paths).toEqual([]);
  });

  it('looks a value up in a million indicators about as fast as in a thousand', () => {
    const make = (count: number) =>
      createIndicatorMatcher(
        Array.from(
          { length: count },
          (_, n): Indicator => ({ type: 'domain', value: `n${n}.evil.example`, written: '', feed: '' }),
        ),
      );
    const [small, large] = [make(1_000), make(300_000)];
    const steps = (of: typeof small) => {
      let hits = 0;
      for (let n = 0; n < 1_000; n++) hits += of.match('dns.query', `a.b.n${n}.evil.example`).length;
      return hits;
    };
    expect([steps(small), steps(large)]).toEqual([1_000, 1_000]);
  });

  it('stays quick on a hostile value', () => {
    const found = matcher(
      'type,value\nfilename,[digits].plg\nfilename,[digits]0[digits]0[digits].x\ndomain,evil.example\nfilepath,C:\\a\nregistrykey,HKLM\\x\nurl,http://evil.example/a?b\n',
    );
    for (const value of [
      '0'.repeat(100_000),
      '.'.repeat(100_000),
      '\\'.repeat(100_000),
      'a.'.repeat(50_000),
      `${'0'.repeat(8_000)}.x`,
      '/'.repeat(100_000),
    ]) {
      const begun = performance.now();
      for (const path of found.paths) found.match(path, value);
      expect(performance.now() - begun).toBeLessThan(500);
    }
  });
});

describe('describeHit', () => {
  const indicator: Indicator = {
    type: 'domain',
    value: 'evil.example',
    written: 'evil.example',
    feed: 'Report',
    validFrom: Date.UTC(2017, 3),
    validUntil: Date.UTC(2020, 0),
  };
  it('says whose list, how old, and that such values change hands', () => {
    expect(describeHit({ ...indicator, validUntil: undefined }, Date.UTC(2026, 3) * 1000)).toMatchObject({
      level: 'low',
      why: 'The domain evil.example stands in Report, listed in 2017, 9 years before this event; such values change hands.',
    });
  });
  it('says that the feed no longer stood for it', () => {
    expect(describeHit(indicator, Date.UTC(2026, 3) * 1000)).toMatchObject({
      level: 'informational',
      why: expect.stringContaining('only until 2020-01-01'),
    });
    expect(describeHit(indicator, Date.UTC(2018, 3) * 1000).level).toBe('low');
  });
});

describe('packed indicators', () => {
  it('give back what was put in, under any value, from any thread’s copy', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const some = fc.record(
      {
        type: fc.constantFrom<Indicator['type']>('domain', 'url', 'sha256', 'file-name', 'mutex', 'cidr'),
        value: text,
        written: text,
        feed: text,
        validFrom: fc.integer({ min: -1e6, max: 5e7 }).map((minute) => minute * 60_000),
        confidence: fc.integer({ min: 0, max: 100 }),
        tlp: fc.constantFrom('red', 'amber'),
        description: fc.string({ minLength: 1, maxLength: 60 }).map((note) => note.replaceAll('\0', ' ')),
      },
      { requiredKeys: ['type', 'value', 'written', 'feed'] },
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 80 }), (all) => {
        const store = new IndicatorStore();
        const kept = new Map<string, Indicator>();
        for (const one of all) {
          const key = JSON.stringify([one.type, one.value]);
          expect(store.add(one)).toBe(!kept.has(key));
          if (!kept.has(key)) kept.set(key, one);
        }
        const table = new IndicatorTable(structuredClone(store.pack()));
        expect([...table.all()]).toEqual([...kept.values()]);
        for (const one of kept.values()) {
          const kind = { domain: KIND.domain, url: KIND.url, sha256: KIND.hash, mutex: KIND.mutex }[one.type as 'url'];
          if (kind !== undefined) expect(table.find(kind, one.value)).toEqual([one]);
        }
        expect(table.find(KIND.domain, 'not\u0000there')).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('keep one value of two feeds twice, and of one feed once', () => {
    const store = new IndicatorStore();
    readIndicators(['domain,evil.example\ndomain,evil.example\n'], 'one.csv', store);
    readIndicators(['domain,evil.example\n'], 'two.csv', store);
    const found = createIndicatorMatcher(store.pack()).match('dns.query', 'evil.example');
    expect(found.map(({ feed }) => feed)).toEqual(['one.csv', 'two.csv']);
  });

  it('are the same however a file is cut into pieces', () => {
    const text =
      'type,value,description\n# note\ndomain,a.evil.example,"two\nlines, and a comma"\nip,198.51.100.7,5" disk\nbanana,x,\n\nmd5,001b8f696b6576798517168cd0a0fb44,é\n';
    const whole = loadIndicators(text, 'x.csv');
    expect(whole.indicators).toHaveLength(3);
    // The first piece decides on delimiter and header; a real one is a quarter of a megabyte.
    for (let size = 60; size < text.length; size += 7) {
      const store = new IndicatorStore();
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
        text.slice(n * size, (n + 1) * size),
      );
      readIndicators(pieces, 'x.csv', store);
      const found = [...new IndicatorTable(store.pack()).all()].map(({ value }) => value);
      expect(found, `pieces of ${size}`).toEqual(whole.indicators.map(({ value }) => value));
    }
  });

  it('of a large file are read beside the main thread, with the lines of bad rows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chaperone-feed-'));
    try {
      const file = join(folder, 'feed.csv');
      const rows = Array.from({ length: 160_000 }, (_, n) => `domain,n${n}.evil${n % 77}.example`);
      rows[150_000] = 'banana,x';
      writeFileSync(file, `type,value\n${rows.join('\n')}\n`);
      const { packed, problems } = await readIndicatorFiles([file, join(folder, 'none.csv')]);
      expect(packed.size).toBe(159_999);
      expect(problems.map(({ code, line }) => [code, line])).toEqual([
        ['INDICATORS_ROW', 150_002],
        ['INDICATORS_UNREADABLE', 1],
      ]);
      const found = createIndicatorMatcher(packed);
      expect(found.match('dns.query', `www.n159999.evil${159_999 % 77}.example`)).toHaveLength(1);
      expect(packed.text.byteLength + packed.rows.byteLength + packed.slots.byteLength).toBeLessThan(40_000_000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
