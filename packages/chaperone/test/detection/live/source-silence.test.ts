import { expect, test } from 'vitest';
import { assessSource, type SourcePulse } from '../../../src/detection/live/source-silence.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 15, 12, 30);
const TOP = Math.floor(NOW / HOUR) * HOUR;

function pulse(given: Partial<SourcePulse> & { days?: number; recent?: number } = {}): SourcePulse {
  const volume = new Map<number, number>();
  for (let back = 1; back <= (given.days ?? 14) * 24; back += 1)
    volume.set(TOP - back * HOUR, back <= 3 ? (given.recent ?? 100) : 100);
  return {
    expected: null,
    lastReceived: NOW - 60_000,
    clockOffset: 0,
    clockSteady: HOUR,
    drifting: false,
    volume,
    ...given,
  };
}

test('a source is silent past what is set for it, and not while nobody was listening', () => {
  const quiet = pulse({ expected: 600, lastReceived: NOW - 20 * 60_000 });
  expect(assessSource(quiet, NOW, 0)).toEqual({
    state: 'silent',
    since: NOW - 20 * 60_000,
    words: 'has sent nothing since 2026-06-15 12:10 UTC, for 20 minutes; 10 minutes is set',
  });
  expect(assessSource(quiet, NOW, NOW - 60_000).state).toBe('healthy');
});

test('its usual pauses are learnt in seven days, and said until then', () => {
  const lastReceived = NOW - 3 * HOUR;
  expect(assessSource(pulse({ lastReceived }), NOW, 0).state).toBe('silent');
  expect(assessSource(pulse({ lastReceived, days: 2 }), NOW, 0)).toMatchObject({
    state: 'healthy',
    words: '2 of 7 days learnt',
  });
  const nightly = pulse({ lastReceived });
  for (const at of nightly.volume.keys())
    if (new Date(at).getUTCHours() < 6) (nightly.volume as Map<number, number>).delete(at);
  expect(assessSource(nightly, NOW, 0).state).toBe('healthy');
});

test('less than half of the usual hours, and a clock that is off either way, are told', () => {
  expect(assessSource(pulse({ recent: 49 }), NOW, 0)).toMatchObject({
    state: 'reduced',
    words: 'sent 147 records in 3 hours; 300 are usual at this time of day',
  });
  expect(assessSource(pulse({ recent: 50 }), NOW, 0).state).toBe('healthy');
  expect(assessSource(pulse({ clockOffset: 3.6e9 }), NOW, 0).words).toMatch(/60 minutes behind ours/);
  expect(assessSource(pulse({ clockOffset: -3.6e9 }), NOW, 0).words).toMatch(/60 minutes ahead of ours/);
  expect(assessSource(pulse({ clockOffset: 2.9e8 }), NOW, 0).state).toBe('healthy');
  // a backlog that is caught up with is off by something else each time; what drifts does so until it is well
  const backlog = { clockOffset: 3.6e9, clockSteady: 9 * 60_000 };
  expect(assessSource(pulse(backlog), NOW, 0).state).toBe('healthy');
  expect(assessSource(pulse({ ...backlog, drifting: true }), NOW, 0).state).toBe('drifting');
});
