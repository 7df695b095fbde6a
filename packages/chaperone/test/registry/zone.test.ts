import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hours, parseDays, parseSpan, within } from '../../src/registry/hours.ts';
import { findZone, formatDay, instantOf, parseDay, wallClock } from '../../src/registry/zone.ts';

/** What the clock on the wall shows, asked of `Intl` each time. */
function naiveWall(zone: string, milliseconds: number) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
      .formatToParts(milliseconds)
      .map((part) => [part.type, part.value]),
  );
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.weekday!),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/St_Johns',
  'Pacific/Apia',
  'Asia/Tehran',
  'UTC',
];
const instant = fc.oneof(
  fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2037, 0, 1) }),
  // Around the changes of the clock in Berlin and New York, 2026
  fc
    .integer({ min: -7_200_000, max: 7_200_000 })
    .chain((near) =>
      fc
        .constantFrom(
          Date.UTC(2026, 2, 29, 1),
          Date.UTC(2026, 9, 25, 1),
          Date.UTC(2026, 2, 8, 7),
          Date.UTC(2026, 10, 1, 6),
        )
        .map((change) => change + near),
    ),
);

describe('wallClock', () => {
  it('shows what Intl shows, in every zone, also around a change of the clock', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (name, milliseconds) => {
        const wall = wallClock(findZone(name)!, milliseconds);
        expect({ date: formatDay(wall.day), weekday: wall.weekday, minute: wall.minute }).toEqual(
          naiveWall(name, milliseconds),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the instant of a wall time, and the moment after a gap', () => {
    const berlin = findZone('Europe/Berlin')!;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 10_000, max: 24_000 }),
        fc.integer({ min: 0, max: 1439 }),
        (name, day, minute) => {
          const zone = findZone(name)!;
          const wall = wallClock(zone, instantOf(zone, day, minute));
          // In a gap the wall time doesn't exist, and the next one that does is given.
          const asked = day * 1440 + minute;
          const shown = wall.day * 1440 + wall.minute;
          expect(shown).toBeGreaterThanOrEqual(asked);
          expect(shown - asked).toBeLessThanOrEqual(name === 'Pacific/Apia' ? 1440 + 60 : 60);
        },
      ),
      { numRuns: 1000 },
    );
    expect(new Date(instantOf(berlin, parseDay('2026-03-29')!, 150)).toISOString()).toBe('2026-03-29T01:00:00.000Z');
    expect(new Date(instantOf(berlin, parseDay('2026-10-25')!, 150)).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  it('knows no zone without summer time rules of its own', () => {
    for (const name of ['Europe/Berln', '+02:00', '', 'x'.repeat(1000), 'Europe/Berlin\u0000'])
      expect(findZone(name)).toBeUndefined();
  });
});

describe('within', () => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 1440 }))
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => `${pad(from)}-${pad(to)}`);
  const pad = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 6 }));

  it('says what stepping back minute by minute to the beginning of a span says', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        instant,
        span,
        days,
        fc.boolean(),
        (name, milliseconds, text, allowed, holiday) => {
          const zone = findZone(name)!;
          const wall = wallClock(zone, milliseconds);
          const parsed = parseSpan(text);
          if (typeof parsed === 'string') throw new Error(parsed);
          const hours: Hours = {
            days: [0, 1, 2, 3, 4, 5, 6].map((day) => allowed.includes(day)),
            spans: [parsed],
            closed: new Set(holiday ? [wall.day] : []),
            exceptions: new Map(),
          };
          // Naive: walk from now backwards through wall minutes until the span's begin; the day on which it stands decides.
          let expected = false;
          let [day, minute, weekday] = [wall.day, wall.minute, wall.weekday];
          for (let step = 0; step < parsed.to - parsed.from; step++) {
            if (minute === parsed.from) {
              expected = allowed.includes(weekday) && !hours.closed.has(day);
              break;
            }
            if (--minute < 0) [day, minute, weekday] = [day - 1, 1439, (weekday + 6) % 7];
          }
          expect(within(hours, wall), `${text} ${name} ${new Date(milliseconds).toISOString()}`).toBe(expected);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('lets an exception decide over weekday and holiday', () => {
    const day = parseDay('2026-12-25')!;
    const hours: Hours = {
      days: [true, true, true, true, true, false, false],
      spans: [{ from: 480, to: 1080 }],
      closed: new Set([day]),
      exceptions: new Map([
        [day, [{ from: 1320, to: 1560 }]],
        [day + 3, []],
      ]),
    };
    expect(within(hours, { day, weekday: 4, minute: 600 })).toBe(false);
    expect(within(hours, { day, weekday: 4, minute: 1330 })).toBe(true);
    expect(within(hours, { day: day + 1, weekday: 5, minute: 119 })).toBe(true);
    expect(within(hours, { day: day + 1, weekday: 5, minute: 120 })).toBe(false);
    expect(within(hours, { day: day + 3, weekday: 0, minute: 600 })).toBe(false);
  });

  it('reads days in words and refuses what is none', () => {
    expect(parseDays('mon-fri')).toEqual([0, 1, 2, 3, 4]);
    expect(parseDays('Sat-Mon')).toEqual([5, 6, 0]);
    expect(parseDays('Wednesday')).toEqual([2]);
    for (const text of ['', 'm', 'mo', 'fredag', 'mon-', 'mon-tue-wed']) expect(parseDays(text), text).toBeUndefined();
    for (const text of ['8-18', '08:00', '25:00-26:00', '08:60-09:00', '18:00-18:00'])
      expect(typeof parseSpan(text), text).toBe('string');
  });
});
