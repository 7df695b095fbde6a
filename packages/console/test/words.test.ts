import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../chaperone/src/registry/index.ts';
import { dayStart } from '../src/parts/day-start.ts';
import { techniqueWords } from '../src/parts/technique-names.ts';
import { writtenTime } from '../src/parts/written-time.ts';
import { example } from '../src/rooms/registry/example.ts';

describe('the stamp as the source wrote it', () => {
  const time = '2026-11-25T01:14:07.250Z';
  it.each([
    ['<13>Nov 25 02:14:07 fw01 sshd[7]: no', 'Nov 25 02:14:07'],
    ['{"a":"2026-11-24T00:00:00Z","time":"2026-11-25T01:14:07.250Z"}', '2026-11-25T01:14:07.250Z'],
    ['2026-11-25 06:44:07+05:30 x', '2026-11-25 06:44:07+05:30'],
    ['10.1.2.3 - - [25/Nov/2026:02:14:07 +0100] "GET /"', '25/Nov/2026:02:14:07 +0100'],
    ['11/25/2026 2:14:07 AM,4624', '11/25/2026 2:14:07 AM'],
    ['{"ts":1795569247.25,"n":1234567890}', '1795569247.25'],
    ['start=1795569247250', '1795569247250'],
  ])('%s', (raw, written) => expect(writtenTime(raw, time)).toBe(written));

  it('is not guessed where nothing fits, or no time is known', () => {
    expect(writtenTime('Nov 25 02:14:08 fw01', time)).toBeUndefined();
    expect(writtenTime('1795569999', time)).toBeUndefined();
    expect(writtenTime('Nov 25 02:14:07 fw01', null)).toBeUndefined();
  });

  it('takes hostile text in a moment', () => {
    const begun = performance.now();
    for (const text of [
      '2026-11-25T01:14:'.repeat(9999),
      'Nov 25 '.repeat(9999),
      '1'.repeat(99_999),
      ':'.repeat(99_999),
    ])
      writtenTime(text, time);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

it('names techniques, and sub-techniques by their parent too', () => {
  expect(techniqueWords('T1199')).toBe('T1199 Trusted Relationship');
  expect(techniqueWords('T1078.004')).toBe('T1078.004 Valid Accounts: Cloud Accounts');
  expect(techniqueWords('T1003.099')).toBe('T1003.099 OS Credential Dumping');
  expect(techniqueWords('T9999')).toBe('T9999');
});

it('begins an empty registry with an example that is sound', () => {
  const { registry, problems } = loadRegistry(example, 'chaperone.yaml');
  expect(problems).toEqual([]);
  expect(registry).toBeDefined();
});

it('a day begins at the midnight of its zone, also where the clock is set that day', () => {
  for (const [day, zone, later, at] of [
    ['2026-11-25', 'Europe/Berlin', 0, '2026-11-24T23:00:00.000Z'],
    ['2026-11-25', 'America/Los_Angeles', 1, '2026-11-26T08:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', 0, '2026-03-28T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', 1, '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', 1, '2026-10-25T23:00:00.000Z'],
  ] as const)
    expect(dayStart(day, zone, later)).toBe(at);
  expect([dayStart('25.11.2026', 'UTC'), dayStart(undefined, 'UTC'), dayStart('2026-13-45', 'UTC')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
