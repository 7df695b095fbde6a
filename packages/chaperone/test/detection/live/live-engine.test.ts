import { loadRules } from '@chaperone/sigma';
import { expect, test } from 'vitest';
import { LiveEngine, type LiveSetup, packIndicators } from '../../../src/detection/index.ts';

const RULES = `title: Audit log cleared
id: 5b3ac1a5-6a1d-4a4e-9c0b-0d8a1cf0a001
name: cleared
status: test
logsource: { product: windows, service: security }
detection:
  selection: { EventID: 1102 }
  condition: selection
level: high
---
title: Audit log cleared three times
id: 5b3ac1a5-6a1d-4a4e-9c0b-0d8a1cf0a002
status: test
correlation:
  type: event_count
  rules: [cleared]
  group-by: [Computer]
  timespan: 10m
  condition: { gte: 3 }
level: high
`;

const setup: LiveSetup = {
  organization: '00000000-0000-4000-8000-000000000001',
  slug: 'ward',
  zone: 'UTC',
  rules: loadRules([{ file: 'rules.yml', text: RULES }]),
  registry: undefined,
  indicators: packIndicators([]),
  exceptions: [],
  lateness: 30_000_000,
};
const source = { id: '00000000-0000-4000-8000-000000000002', name: 'dc', zone: 'UTC', format: undefined, masking: [] };
const received = Date.parse('2026-11-20T10:05:00Z') * 1000;

const judge = (engine: LiveEngine, records: readonly number[]) =>
  engine.judge({
    source,
    received,
    salts: records.map(() => ''),
    texts: records.map((record) =>
      JSON.stringify({
        '@timestamp': '2026-11-20T10:00:00Z',
        winlog: {
          channel: 'Security',
          provider_name: 'Microsoft-Windows-Eventlog',
          event_id: 1102,
          computer_name: 'DC01',
          record_id: record,
        },
      }),
    ),
  });
const keep = (text: string) => text;
const correlated = (engine: LiveEngine) =>
  engine.settle(received + 3_600_000_000, true).filter(({ document }) => document?.detector === 'correlation');

test('what is delivered twice feeds a correlation once', () => {
  const engine = new LiveEngine(setup, keep, keep);
  for (let time = 0; time < 3; time += 1) engine.confirm(judge(engine, [1, 2]).number);
  expect(correlated(engine)).toEqual([]);
  const other = new LiveEngine(setup, keep, keep);
  for (const records of [
    [1, 2],
    [2, 3],
    [1, 3],
  ])
    other.confirm(judge(other, records).number);
  expect(correlated(other)).toMatchObject([{ count: 3 }]);
});

test('a batch that another engine judged confirms nothing here', () => {
  const before = new LiveEngine(setup, keep, keep);
  const old = judge(before, [1, 2, 3]).number;
  // The rules changed meanwhile, and an engine was made anew.
  const engine = new LiveEngine(setup, keep, keep);
  const fresh = judge(engine, [1, 2, 3]).number;
  expect(fresh).not.toBe(old);
  engine.confirm(old);
  expect(correlated(engine)).toEqual([]);
  engine.confirm(fresh);
  expect(correlated(engine)).toMatchObject([{ count: 3 }]);
});
