import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTime,
  fromEpoch,
  fromFiletime,
  isZone,
  parseIso,
  parseSyslogTime,
  parseTime,
  parseVendorTime,
  wallToUtc,
} from '../../../src/telemetry/time/index.ts';

const at = (iso: string) => Date.parse(iso) * 1000;

describe('parseIso', () => {
  it.each([
    ['2026-07-28T11:28:00Z', at('2026-07-28T11:28:00Z')],
    ['2026-07-28T11:28:00.1234567Z', at('2026-07-28T11:28:00Z') + 123_456],
    ['2026-07-28T11:28:00.123456789+02:00', at('2026-07-28T09:28:00Z') + 123_456],
    ['2026-07-28 11:28:00,5', at('2026-07-28T11:28:00Z') + 500_000],
    ['2026-07-28T11:28:00-0730', at('2026-07-28T18:58:00Z')],
    ['2026/07/28 11:28:00 UTC', at('2026-07-28T11:28:00Z')],
    ['2026-07-28T11:28Z', at('2026-07-28T11:28:00Z')],
    ['2024-02-29T00:00:00Z', at('2024-02-29T00:00:00Z')],
    ['1601-01-01T00:00:00Z', at('1601-01-01T00:00:00Z')],
    ['2016-12-31T23:59:60Z', at('2017-01-01T00:00:00Z')],
  ])('reads %s', (text, micros) => {
    expect(parseIso(text)).toBe(micros);
  });

  it.each(['', '2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-07-28T24:00:00Z'])(
    'refuses %s',
    (text) => {
      expect(parseIso(text)).toBeUndefined();
    },
  );
  it.each(['0001-01-01T00:00:00Z', '2026-07-28T11:28:00.Z', '2026-07-28T11:28:00+99:00', '2026-07-28X11:28:00'])(
    'refuses %s too',
    (text) => {
      expect(parseIso(text)).toBeUndefined();
    },
  );

  it('agrees with Date on every instant', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1601-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }),
        (date) => {
          expect(parseIso(date.toISOString())).toBe(date.getTime() * 1000);
        },
      ),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const time = parseTime(text, 'Europe/Berlin', 1.7e15);
        expect(time === undefined || Number.isFinite(time)).toBe(true);
      }),
    );
  });
});

describe('zones', () => {
  it('knows summer and winter', () => {
    expect(parseIso('2026-07-28T11:28:00', 'Europe/Berlin')).toBe(at('2026-07-28T09:28:00Z'));
    expect(parseIso('2026-01-28T11:28:00', 'America/New_York')).toBe(at('2026-01-28T16:28:00Z'));
    expect(parseIso('2026-01-28T11:28:00', 'Asia/Kolkata')).toBe(at('2026-01-28T05:58:00Z'));
  });
  it('takes the first of two readings in autumn and goes on as before in spring', () => {
    expect(parseIso('2026-10-25T02:30:00', 'Europe/Berlin')).toBe(at('2026-10-25T00:30:00Z'));
    expect(parseIso('2026-03-29T02:30:00', 'Europe/Berlin')).toBe(at('2026-03-29T01:30:00Z'));
  });
  it('tells zones from other words', () => {
    expect(isZone('Europe/Berlin')).toBe(true);
    expect(isZone('Europe/Atlantis')).toBe(false);
    expect(wallToUtc(5, 'Europe/Atlantis')).toBe(5);
  });
});

describe('epochs', () => {
  it('tells the unit by the size', () => {
    expect(fromEpoch(1_785_238_080)).toBe(1_785_238_080_000_000);
    expect(fromEpoch('1785238080.25')).toBe(1_785_238_080_250_000);
    expect(fromEpoch(1_785_238_080_123)).toBe(1_785_238_080_123_000);
    expect(fromEpoch('1785238080123456')).toBe(1_785_238_080_123_456);
    expect(fromEpoch('1785238080123456789')).toBe(1_785_238_080_123_456);
    expect(fromEpoch('x')).toBeUndefined();
    expect(fromEpoch(Number.NaN)).toBeUndefined();
  });
  it('reads FILETIME', () => {
    expect(fromFiletime('132537600000000000')).toBe(at('2020-12-30T00:00:00Z'));
    expect(fromFiletime(132_537_600_000_000_001n)).toBe(at('2020-12-30T00:00:00Z'));
    expect(fromFiletime(0)).toBeUndefined();
  });
});

describe('syslog', () => {
  const reference = at('2026-01-02T00:00:00Z');
  it('infers the year from the reference', () => {
    expect(parseSyslogTime('Dec 31 23:59:59', 'UTC', reference)).toBe(at('2025-12-31T23:59:59Z'));
    expect(parseSyslogTime('Jan  1 00:00:01', 'UTC', reference)).toBe(at('2026-01-01T00:00:01Z'));
    expect(parseSyslogTime('Jan  2 12:00:00.25', 'UTC', reference)).toBe(at('2026-01-02T12:00:00.250Z'));
    expect(parseSyslogTime('Feb 29 01:00:00', 'UTC', reference)).toBe(at('2024-02-29T01:00:00Z'));
    expect(parseSyslogTime('Jul  4 01:02:03', 'Europe/Berlin', reference)).toBe(at('2025-07-03T23:02:03Z'));
  });
  it('refuses what is no date', () => {
    expect(parseSyslogTime('Foo  1 00:00:01', 'UTC', reference)).toBeUndefined();
    expect(parseSyslogTime('Feb 30 00:00:01', 'UTC', reference)).toBeUndefined();
  });
});

describe('vendor forms', () => {
  it.each([
    ['28/Jul/2026:11:28:00 -0700', '2026-07-28T18:28:00Z'],
    ['Tue Jul 28 11:28:00 2026', '2026-07-28T11:28:00Z'],
    ['Tue Jul 28 11:28:00 CEST 2026', '2026-07-28T09:28:00Z'],
    ['Jul 28 2026 11:28:00.123 UTC', '2026-07-28T11:28:00.123Z'],
    ['Jul 28 2026 11:28:00:', '2026-07-28T11:28:00Z'],
    ['Tue, 28 Jul 2026 11:28:00 +0000', '2026-07-28T11:28:00Z'],
    ['7/28/2026 1:28:00 PM', '2026-07-28T13:28:00Z'],
    ['7/28/2026 12:28:00 AM', '2026-07-28T00:28:00Z'],
    ['28.07.2026 11:28:00', '2026-07-28T11:28:00Z'],
    ['20260728T112800Z', '2026-07-28T11:28:00Z'],
  ])('reads %s', (text, iso) => {
    expect(parseVendorTime(text)).toBe(at(iso));
    expect(parseTime(text)).toBe(at(iso));
  });
  it("reads .NET's", () => {
    expect(parseTime('/Date(1785238080000)/')).toBe(1_785_238_080_000_000);
  });
});

describe('formatTime', () => {
  it('writes RFC 3339 with microseconds, and reads it back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -11_000_000_000_000_000 / 2, max: 9_000_000_000_000_000 }), (micros) => {
        expect(parseIso(formatTime(micros) ?? '')).toBe(micros);
      }),
    );
    expect(formatTime(Number.NaN)).toBeUndefined();
  });
});
