import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTime } from '../../src/cli/parse-time.ts';

const now = Date.parse('2026-11-25T10:00:00Z');
const read = (text: string, zone = 'UTC', end = false) =>
  new Date(parseTime(text, { zone, now, end }) / 1000).toISOString();

test.each([
  ['2026-11-20', 'UTC', false, '2026-11-20T00:00:00.000Z'],
  ['2026-11-20', 'UTC', true, '2026-11-21T00:00:00.000Z'],
  ['2026-11-20', 'Europe/Zurich', false, '2026-11-19T23:00:00.000Z'],
  ['2026-11-20', 'Asia/Kolkata', true, '2026-11-20T18:30:00.000Z'],
  ['2026-11-20T08:00', 'America/New_York', false, '2026-11-20T13:00:00.000Z'],
  ['2026-07-20 08:00:30', 'America/New_York', false, '2026-07-20T12:00:30.000Z'],
  ['2026-11-20T08:00:00.25+05:30', 'Europe/Zurich', false, '2026-11-20T02:30:00.250Z'],
  ['2026-11-20T08:00-0100', 'UTC', false, '2026-11-20T09:00:00.000Z'],
  ['2026-11-20T08:00Z', 'Europe/Zurich', true, '2026-11-20T08:00:00.000Z'],
  // the hour that comes twice in autumn: the first of them; the one that is skipped in spring: as if the clock had not moved
  ['2026-03-29T02:30', 'Europe/Zurich', false, '2026-03-29T01:30:00.000Z'],
  ['7d', 'UTC', false, '2026-11-18T10:00:00.000Z'],
  ['90m', 'UTC', false, '2026-11-25T08:30:00.000Z'],
  ['2w', 'UTC', true, '2026-11-11T10:00:00.000Z'],
])('%s in %s (end: %s) is %s', (text, zone, end, instant) => {
  expect(read(text, zone, end)).toBe(instant);
});

test('microseconds are kept', () => {
  expect(parseTime('2026-11-20T08:00:00.000001Z', { zone: 'UTC', now, end: false }) % 1000).toBe(1);
});

test.each([
  '',
  'yesterday',
  '2026-13-01',
  '2026-02-30',
  '2026-11-20T24:30',
  '20.11.2026',
  '7',
  '7y',
  '-7d',
  '99999999d',
  '2026-11-20T08:00+1',
])('%j is no time, and the forms that are get named', (text) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ name: 'UsageError', mend: expect.stringContaining('7d') }),
  );
});

test('a wall clock in any zone reads back as it was written', () => {
  const zones = ['UTC', 'Europe/Zurich', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 86_400 * 365 * 40 }), fc.constantFrom(...zones), (seconds, zone) => {
      const wall = new Date(Date.UTC(1990, 0, 1) + seconds * 1000).toISOString().slice(0, 19);
      const instant = parseTime(wall, { zone, now, end: false }) / 1000;
      const shown = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(instant);
      // only the skipped hour of a year has no instant: it may be shown an hour off
      const off = Math.abs(Date.parse(`${shown.replace(' ', 'T')}Z`) - Date.parse(`${wall}Z`));
      expect([0, 3_600_000]).toContain(off);
    }),
    { numRuns: 300 },
  );
});
