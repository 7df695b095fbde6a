// Every rule and correlation of our own fires on its positive cases and stays silent on its negative ones; the cases go through the
// real decoders and the real plan.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CorrelationMatch,
  createCorrelator,
  createPlan,
  loadDirectory,
  loadRules,
  type Rule,
} from '@chaperone/sigma';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { allFormats, type LogEvent } from '../packages/chaperone/src/telemetry/index.ts';

const here = dirname(fileURLToPath(import.meta.url));
const rules = join(here, 'rules');
const { sources } = await loadDirectory(rules);
const set = loadRules(sources);
const plan = createPlan(set.rules);

interface Case {
  /** seconds from the start of the sequence, for correlations */
  at?: number;
  /** provider, channel, event id */
  windows?: [string, string, number];
  computer?: string;
  data?: Record<string, unknown>;
  userData?: Record<string, unknown>;
  /** any other source: the format's name and one record as it writes it */
  format?: string;
  json?: Record<string, unknown>;
  line?: string;
}

/** Decodes a case as a scan would. */
function eventOf(one: Case): LogEvent {
  const format = allFormats.find(({ name }) => name === (one.windows === undefined ? one.format : 'windows-tree'));
  if (format === undefined) throw new Error(`no format ${one.format ?? 'windows-tree'}`);
  const [provider, channel, id] = one.windows ?? ['', '', 0];
  const json =
    one.windows === undefined
      ? one.json
      : {
          Event: {
            System: {
              Provider: { '#attributes': { Name: provider } },
              EventID: id,
              Level: 4,
              TimeCreated: { '#attributes': { SystemTime: '2026-11-02T02:14:00.000000Z' } },
              EventRecordID: 1,
              Channel: channel,
              Computer: one.computer ?? 'DC01.clinic.test',
            },
            ...(one.userData === undefined ? { EventData: one.data ?? {} } : { UserData: one.userData }),
          },
        };
  const text = one.line ?? JSON.stringify(json);
  if (json !== undefined && format.recognise(text, json) < 0.3)
    throw new Error(`${format.name} does not know its own record: ${text}`);
  const context = { file: 'case', zone: 'UTC', reference: Date.parse('2026-11-03T00:00:00Z') * 1000, state: {} };
  const decoded = format.decode(text, json, { file: 'case', record: 1 }, context);
  if (decoded === undefined || 'kind' in decoded) throw new Error(`not decoded: ${text}: ${JSON.stringify(decoded)}`);
  return decoded;
}

function fires(event: LogEvent): Rule[] {
  return plan
    .view(event.class.offers)
    .match(event)
    .map(({ rule }) => rule);
}

function sequence(cases: readonly Case[]): CorrelationMatch[] {
  const matches: CorrelationMatch[] = [];
  const correlator = createCorrelator(set, { onMatch: (match) => matches.push(match) });
  const start = Date.parse('2026-11-02T02:00:00Z') * 1000;
  for (const one of cases) {
    const event = eventOf(one);
    for (const { rule, offer } of plan.view(event.class.offers).match(event)) {
      const needs = correlator.needs(rule);
      if (needs === undefined) continue;
      const values = needs.map((field) => event.get(offer.fields?.[field] ?? field));
      correlator.add({ rule: set.rules.indexOf(rule), time: start + (one.at ?? 0) * 1_000_000, values, ref: one });
    }
  }
  correlator.finish();
  return matches;
}

const files = (readdirSync(rules, { recursive: true }) as string[]).filter((file) => file.endsWith('.yml')).sort();

test('the pack loads whole, without a warning', () => {
  expect(set.refused).toEqual([]);
  expect(set.warnings.map((one) => `${relative(here, one.file)}:${one.line} ${one.code} ${one.message}`)).toEqual([]);
  const findings = set.rules.filter((rule) => !rule.name?.startsWith('block_'));
  expect(findings.length).toBeGreaterThanOrEqual(80);
  expect(
    set.correlations.filter((one) => files.includes(`correlations/${one.name}.yml`)).length,
  ).toBeGreaterThanOrEqual(15);
  for (const rule of [...set.rules, ...set.correlations]) {
    expect(rule.author, rule.file).toBe('Chaperone project');
    expect(rule.license, rule.file).toBe('Apache-2.0');
  }
});

describe.each(files)('%s', (file) => {
  const cases = join(here, 'cases', file);
  const name = file.slice(file.lastIndexOf('/') + 1, -4);
  const { positive, negative } = existsSync(cases)
    ? (load(readFileSync(cases, 'utf8')) as { positive: (Case | Case[])[]; negative: (Case | Case[])[] })
    : { positive: [], negative: [] };
  const said = (one: Case | Case[]) =>
    Array.isArray(one)
      ? sequence(one).map(({ correlation }) => correlation.name)
      : fires(eventOf(one)).map((rule) => rule.name);

  test('has cases of both kinds', () => {
    expect(positive.length).toBeGreaterThan(0);
    expect(negative.length).toBeGreaterThan(0);
  });
  test.each(positive.map((one, index) => [index + 1, one] as const))('positive %i fires', (_, one) => {
    expect(said(one)).toContain(name);
  });
  test.each(negative.map((one, index) => [index + 1, one] as const))('negative %i stays silent', (_, one) => {
    expect(said(one)).not.toContain(name);
  });
});
