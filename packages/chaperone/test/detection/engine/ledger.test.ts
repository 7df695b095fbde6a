import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entry, Ledger } from '../../../src/detection/engine/ledger.ts';
import { fromTransfer, toTransfer } from '../../../src/registry/index.ts';
import type { EventClass, NormalPath, Outcome } from '../../../src/telemetry/index.ts';

const paths: readonly NormalPath[] = ['user.name', 'src_endpoint.ip', 'device.hostname'];
const classes: readonly EventClass[] = ['windows/Security/a/1', 'windows/Security/a/2'].map((key) => ({
  key,
  format: 'windows',
  offers: [],
  class_uid: 3002,
  activity: 'Logon',
  roles: [],
}));
const place = { file: 'a', record: 1 };
const numbers = new Int32Array(3);

const ledgerOf = (limit?: number) =>
  new Ledger(
    () => ({ confidence: 'low', by: [] }),
    () => false,
    limit,
  );

/** As a lane asks: find the entry or make it, and count. */
function count(ledger: Ledger, kind: number, outcome: Outcome, names: readonly string[], time: number): Entry {
  for (const [index, name] of names.entries()) numbers[index] = name === '' ? 0 : ledger.pool.number(name);
  const entry =
    ledger.find(kind, outcome, numbers, names.length) ??
    ledger.make(kind, classes[kind], outcome, paths, numbers, names.length, place);
  ledger.count(entry, time);
  return entry;
}

const HOUR = 3_600_000_000;

describe('ledger', () => {
  it('counts by class, outcome and all values, as a map would', () => {
    const event = fc.tuple(
      fc.nat(1),
      fc.constantFrom<Outcome>('success', 'failure', 'unknown'),
      fc.tuple(
        fc.constantFrom('', 'eve', 'bob', 'Eve'),
        fc.nat(300).map((n) => `10.0.0.${n}`),
        fc.constantFrom('', 'DC01', 'FS01'),
      ),
      fc.oneof(
        fc.integer({ min: -3, max: 5000 }).map((hour) => hour * HOUR),
        fc.constant(Number.NaN),
      ),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 400 }), (events) => {
        const ledger = ledgerOf();
        const model = new Map<string, { count: number; times: number[] }>();
        for (const [kind, outcome, names, time] of events) {
          count(ledger, kind, outcome, names, time);
          const key = JSON.stringify([kind, outcome, names]);
          const known = model.get(key) ?? { count: 0, times: [] };
          model.set(key, known);
          known.count += 1;
          if (!Number.isNaN(time)) known.times.push(time);
        }
        expect(ledger.entries).toHaveLength(model.size);
        for (const entry of ledger.entries) {
          const { values } = entry.facts;
          const kind = classes.indexOf(entry.facts.class);
          const known = model.get(
            JSON.stringify([kind, entry.facts.outcome, paths.map((path) => values[path] ?? '')]),
          )!;
          expect(entry.count).toBe(known.count);
          expect(entry.first).toBe(known.times.length === 0 ? undefined : Math.min(...known.times));
          expect(entry.last).toBe(known.times.length === 0 ? undefined : Math.max(...known.times));
          expect([...entry.days].sort()).toEqual(
            [...new Set(known.times.map((time) => Math.floor(time / (24 * HOUR))))].sort(),
          );
          const hours = known.times.reduce((bits, time) => bits | (1 << ((((time / HOUR) % 24) + 24) % 24)), 0);
          expect(entry.hours).toBe(hours);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps thousands of tuples apart while its tables grow', () => {
    const ledger = ledgerOf();
    for (let round = 0; round < 2; round += 1)
      for (let n = 0; n < 30_000; n += 1) count(ledger, n % 2, 'success', [`user${n}`, `10.0.${n % 256}.1`, 'DC01'], n);
    expect(ledger.entries).toHaveLength(30_000);
    expect(ledger.entries.every((entry) => entry.count === 2)).toBe(true);
    expect(ledger.overflow).toBe(0);
  });

  it('when there are too many, counts the rest by class, outcome and host, and says how many', () => {
    const ledger = ledgerOf(100);
    for (let n = 0; n < 1000; n += 1)
      count(ledger, 0, n % 2 === 0 ? 'success' : 'failure', [`user${n}`, '', `H${n % 3}`], n);
    expect(ledger.overflow).toBe(900);
    expect(ledger.entries.length).toBe(106);
    expect(ledger.entries.reduce((sum, entry) => sum + entry.count, 0)).toBe(1000);
    const rest = ledger.entries.slice(100);
    expect(new Set(rest.map(({ facts }) => `${facts.outcome} ${facts.values['device.hostname']}`)).size).toBe(6);
    expect(rest.every(({ facts }) => facts.values['user.name'] === undefined)).toBe(true);
    // What was known before stays known.
    expect(count(ledger, 0, 'success', ['user4', '', 'H1'], 5).facts.values['user.name']).toBe('user4');
    // The class alone, once there are too many hosts as well.
    for (let n = 0; n < 12_000; n += 1) count(ledger, 1, 'success', [`u${n}`, '', `host${n}`], n);
    expect(ledger.entries.length).toBeLessThan(10_300);
  });

  it('joins with those of other threads as if one had counted all', () => {
    const [one, two, all] = [ledgerOf(), ledgerOf(), ledgerOf()];
    for (let n = 0; n < 500; n += 1) {
      const event = [0, 'success', [`user${n % 7}`, '', `H${n % 3}`], (500 - n) * HOUR] as const;
      count(n % 2 === 0 ? one : two, ...event);
      count(all, ...event);
    }
    const plain = (ledgers: Ledger[]) =>
      fromTransfer(ledgers.map((ledger) => structuredClone(toTransfer(ledger.entries))))
        .map(({ facts, count: events, first, last, days, hours }) =>
          JSON.stringify([facts, events, first, last, [...days!].sort(), hours]),
        )
        .sort();
    expect(plain([one, two])).toEqual(plain([all]));
  });
});
