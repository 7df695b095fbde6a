import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readList } from '../../../src/detection/indicators/live/read-list.ts';
import { readMispText } from '../../../src/detection/indicators/live/read-misp.ts';
import { readStixObjects, readStixText } from '../../../src/detection/indicators/live/read-stix.ts';
import { readPattern } from '../../../src/detection/indicators/stix-pattern.ts';

const indicator = (id: string, pattern: string, more = {}) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--${id}`,
  created: '2026-01-01T00:00:00Z',
  modified: '2026-01-01T00:00:00Z',
  pattern,
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
  ...more,
});

describe('readPattern', () => {
  it.each([
    ["[domain-name:value = 'evil.example']", ['evil.example'], 0],
    ["[domain-name:value = 'a.example' OR url:value = 'http://b.example/x']", ['a.example', 'http://b.example/x'], 0],
    ["[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]", ['192.0.2.1', '192.0.2.2'], 0],
    ["([domain-name:value='a.example'] OR [domain-name:value='b.example'])", ['a.example', 'b.example'], 0],
    ["[file:hashes.MD5 = 'aa' AND file:name = 'x.exe' AND file:size = 3]", ['aa'], 0],
    ["[file:hashes.'SHA-256' = 'bb' AND (file:name = 'x' OR file:name = 'y')]", ['bb'], 0],
    ["[file:hashes.MD5 = 'aa' AND file:name != 'x.exe']", [], 1],
    ["[domain-name:value = 'a.example' OR file:hashes.SSDEEP = '3:x']", ['a.example'], 1],
    ["[domain-name:value = 'a.example'] AND [ipv4-addr:value = '192.0.2.1']", [], 1],
    ["[domain-name:value = 'a.example'] FOLLOWEDBY [url:value = 'x'] OR [url:value = 'y']", ['y'], 1],
    ["[domain-name:value = 'a.example'] REPEATS 5 TIMES WITHIN 30 SECONDS", [], 2],
    ["[NOT domain-name:value = 'a.example']", [], 1],
    ["[domain-name:value NOT = 'a.example']", [], 1],
    ['[EXISTS domain-name:value]', [], 1],
    ["[file:name MATCHES '^a']", [], 1],
    ["[file:name = 'it\\'s \\\\ it']", ["it's \\ it"], 0],
    ['', [], 1],
    ['[', [], 1],
    [`${'('.repeat(5_000)}[url:value='x']`, [], 1],
  ])('%s', (pattern, values, unmatched) => {
    const read = readPattern(pattern);
    expect(read.comparisons.map(({ value }) => value)).toEqual(values);
    expect(read.unmatched).toHaveLength(unmatched);
  });

  it('answers any text', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      "'x'",
      '=',
      'AND',
      'OR',
      'NOT',
      'IN',
      'url:value',
      ' ',
      'WITHIN',
      '5',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join(' ')),
        ),
        (text) => {
          const { comparisons, unmatched } = readPattern(text);
          expect(comparisons.length + unmatched.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('readStixObjects', () => {
  it('takes validity, confidence, marks, labels and the latest version', () => {
    const { records, problems } = readStixObjects([
      { type: 'marking-definition', id: 'marking-definition--own', extensions: { x: { tlp_2_0: 'amber+strict' } } },
      indicator('1', "[domain-name:value = 'old.example']"),
      indicator('1', "[domain-name:value = 'Evil.Example']", {
        modified: '2026-02-01T00:00:00Z',
        valid_until: '2026-12-01T00:00:00Z',
        confidence: 70,
        name: 'Loader',
        indicator_types: ['malicious-activity'],
        object_marking_refs: ['marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb', 'marking-definition--own'],
      }),
      indicator('2', "[url:value = 'hxxp://evil[.]example/a']", { revoked: true }),
    ]);
    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        type: 'domain',
        value: 'evil.example',
        written: 'Evil.Example',
        validFrom: Date.UTC(2026, 0, 1),
        validUntil: Date.UTC(2026, 11, 1),
        confidence: 70,
        tlp: 'amber+strict',
        note: 'Loader',
        externalId: 'indicator--1',
        revoked: false,
        labels: ['malicious-activity'],
      },
      expect.objectContaining({ type: 'url', value: 'evil.example/a', revoked: true }),
    ]);
  });

  it('says for each object what can’t be matched, by a code', () => {
    const { records, problems } = readStixObjects([
      indicator('1', "[file:name LIKE '%.exe']"),
      indicator('2', 'rule x {}', { pattern_type: 'yara' }),
      indicator('3', "[domain-name:value = 'a.example' OR x-thing:y = 'z']"),
      indicator('4', "[ipv4-addr:value = 'nowhere']"),
      { type: 'indicator', pattern: 'x' },
      null,
      7,
    ]);
    expect(records.map(({ value }) => value)).toEqual(['a.example']);
    expect(problems.map(({ code, object }) => [code, object])).toEqual([
      ['FEED_OBJECT', ''],
      ['FEED_PATTERN', 'indicator--1'],
      ['FEED_PATTERN', 'indicator--2'],
      ['FEED_PATTERN_PART', 'indicator--3'],
      ['FEED_VALUE', 'indicator--4'],
    ]);
  });

  it('reads sightings', () => {
    const { sightings } = readStixObjects([
      {
        type: 'sighting',
        id: 'sighting--1',
        sighting_of_ref: 'indicator--1',
        count: 3,
        last_seen: '2026-03-01T00:00:00Z',
      },
      { type: 'sighting', id: 'sighting--2', sighting_of_ref: 'malware--1' },
    ]);
    expect(sightings).toEqual([{ externalId: 'indicator--1', count: 3, lastSeen: Date.UTC(2026, 2, 1) }]);
  });

  it('answers any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        readStixText(text);
        readMispText(text);
      }),
    );
    expect(readStixText('{"a":').problems[0]).toMatchObject({ code: 'FEED_UNREADABLE' });
  });
});

describe('readMispText', () => {
  const event = (attributes: object[], more = {}) =>
    JSON.stringify({
      Event: { uuid: 'e', info: 'Campaign', Attribute: attributes, Tag: [{ name: 'tlp:green' }], ...more },
    });

  it('takes attributes for detection, with tags, stamps and what was deleted', () => {
    const { records, problems } = readMispText(
      event(
        [
          { uuid: 'a1', type: 'ip-dst|port', value: '192.0.2.7|443', to_ids: true, timestamp: '1767225600' },
          { uuid: 'a2', type: 'filename|md5', value: 'x.exe|0cc175b9c0f1b6a831c399e269772661', to_ids: '1' },
          { uuid: 'a3', type: 'domain', value: 'context.example', to_ids: false },
          { uuid: 'a4', type: 'domain', value: 'gone.example', to_ids: true, deleted: true },
          { uuid: 'a5', type: 'snort', value: 'alert ...', to_ids: true },
          {
            uuid: 'a6',
            type: 'domain|ip',
            value: 'b.example|192.0.2.8',
            to_ids: true,
            comment: 'C2',
            Tag: [{ name: 'tlp:red' }, { name: 'misp:confidence-level="usually-confident"' }],
          },
        ],
        { Object: [{ Attribute: [{ uuid: 'o1', type: 'url', value: 'http://c.example/x', to_ids: true }] }] },
      ),
    );
    expect(records.map(({ type, written, tlp, revoked }) => [type, written, tlp, revoked])).toEqual([
      ['ip', '192.0.2.7', 'green', false],
      ['md5', '0cc175b9c0f1b6a831c399e269772661', 'green', false],
      ['domain', 'gone.example', 'green', true],
      ['domain', 'b.example', 'red', false],
      ['ip', '192.0.2.8', 'red', false],
      ['url', 'http://c.example/x', 'green', false],
    ]);
    expect(records[0]).toMatchObject({ validFrom: 1_767_225_600_000, note: 'Campaign', externalId: 'a1' });
    expect(records[3]).toMatchObject({ confidence: 75, note: 'Campaign: C2' });
    expect(problems).toMatchObject([{ code: 'FEED_TYPE', object: 'a5' }]);
  });
});

describe('readList', () => {
  it('reads MISP’s CSV export, and keeps what is on warning lists', () => {
    const { records } = readList(
      'uuid,event_id,category,type,value,comment,to_ids,date\nu1,1,Network activity,ip-dst,8.8.8.8,,1,1767225600\nu2,1,Network activity,domain,context.example,,0,\nu3,1,Network activity,domain,evil.example,C2,1,\n',
      'feed',
    );
    expect(records.map(({ written }) => written)).toEqual(['8.8.8.8', 'evil.example']);
    expect(records[0]).toMatchObject({ validFrom: 1_767_225_600_000 });
    expect(readList('8.8.8.8\nevil.example\n', 'feed').records.map(({ written }) => written)).toEqual([
      '8.8.8.8',
      'evil.example',
    ]);
  });
});
