import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLINIC, logon, registryOf, Scene } from './facts.ts';

const VPN = { 'src_endpoint.ip': '10.20.99.7' };
const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');
/** Days that are forgotten, then a day without use: a session over the cut is another one afterwards. */
const CUT = 3 * 24;
const scene = () => new Scene(registryOf(CLINIC));
const use = (to: Scene, hours: readonly number[]) => {
  for (const hour of hours)
    to.event(logon('CLINIC\\ng-anna', VPN), new Date(START + hour * HOUR).toISOString().replace('.000Z', 'Z'));
  return to;
};

test('forgetting what ended long ago changes nothing of what is found since', () => {
  const hours = (from: number, to: number) => fc.array(fc.integer({ min: from, max: to }), { maxLength: 30 });
  fc.assert(
    fc.property(hours(0, CUT - 1), hours(CUT + 24, CUT + 96), (old, recent) => {
      const forgetful = use(use(scene(), old), recent);
      forgetful.judge.forget((START + (CUT + 12) * HOUR) * 1000);
      const fresh = use(scene(), recent);
      const said = (one: Scene) =>
        one.finish().findings.map(({ rule, time, time_end, why }) => [rule.id, time, time_end, why]);
      expect(said(forgetful)).toEqual(said(fresh));
      expect(forgetful.judge.load).toBe(fresh.judge.load);
    }),
    { numRuns: 60 },
  );
});

test('a judge says how full it is, and has room again when it forgot', () => {
  const one = scene();
  expect(one.judge.load).toBe(0);
  use(one, [1, 2, 3]);
  expect(one.judge.load).toBeGreaterThan(0);
  one.judge.forget((START + 10 * HOUR) * 1000);
  expect(one.judge.load).toBe(0);
  expect(one.finish().findings).toEqual([]);
});
