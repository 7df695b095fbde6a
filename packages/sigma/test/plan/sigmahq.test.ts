import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createPlan,
  evaluate,
  type LogSource,
  loadDirectory,
  loadRules,
  type Offer,
  objectAccess,
  type Rule,
  type View,
} from '../../src/index.ts';
import { corpusFolder } from '../corpus.ts';
import { nearMiss, random, satisfy } from './satisfy.ts';

const folder = corpusFolder('sigma-rules');

describe.skipIf(folder === undefined)("all of SigmaHQ's rules in one plan", () => {
  let rules: readonly Rule[] = [];
  /** an event that is offered under every log source there is, so that every rule is asked */
  let everything: Offer[] = [];

  beforeAll(async () => {
    rules = loadRules((await loadDirectory(folder!)).sources).rules;
    const sources = new Map<string, LogSource>(rules.map(({ logsource }) => [JSON.stringify(logsource), logsource]));
    everything = [...sources.values()];
  });

  /** Rules of the view that the two evaluators judge differently, among those asked. */
  function differences(view: View, asked: Iterable<Rule>, fields: Record<string, unknown>, raw?: string): string[] {
    const event = objectAccess(fields, raw);
    const held = new Set(view.match(event).map((bound) => bound.rule));
    const suspects = new Set([...held, ...asked]);
    return [...suspects].filter((rule) => evaluate(rule, event) !== held.has(rule)).map((rule) => rule.title);
  }

  test('agrees on events made from the rules: hits and near misses of every rule', () => {
    const pick = random(7);
    const plan = createPlan(rules);
    const view = plan.view(everything);
    expect(view.rules.length).toBe(rules.length);
    const satisfied = new Set<Rule>();
    for (const rule of rules) {
      const made = satisfy(rule, pick);
      const neighbours = Array.from({ length: 4 }, () => rules[pick(rules.length)]);
      const missed = nearMiss(made, pick);
      expect(differences(view, [rule, ...neighbours], made.fields, made.raw)).toEqual([]);
      expect(differences(view, [rule, ...neighbours], missed.fields, missed.raw)).toEqual([]);
      for (const bound of view.match(objectAccess(made.fields, made.raw))) satisfied.add(bound.rule);
    }
    // The events are made to satisfy: nearly every rule has held somewhere, or this test proves little.
    expect(satisfied.size).toBeGreaterThan(rules.length * 0.9);
    // It was the plan that judged: a few open rules apart, nothing was left to the plain evaluator.
    const [stats] = plan.stats().views;
    expect(stats.standing).toBeLessThan(rules.length * 0.02);
    expect(stats.computed).toBeGreaterThan(rules.length);
  });

  test('agrees rule by rule on recorded and generated events, with and without memory, and when states are dropped', async () => {
    const samples = [
      ...(await lane('structured_windows', 12)),
      ...(await lane('sysmon_file_event', 8)),
      ...(await lane('raw_windows', 4)),
      ...(await lane('cisco_syslog', 4)),
      ...identity(),
    ];
    const plans = [
      createPlan(rules),
      createPlan(rules, { memory: false }),
      createPlan(rules, { maxStates: 4, maxRemembered: 8 }),
    ];
    const views = plans.map((plan) => plan.view(everything));
    for (const { fields, raw } of samples) {
      const event = objectAccess(fields, raw);
      const expected = rules.filter((rule) => evaluate(rule, event));
      for (const view of views) {
        const held = new Set(view.match(event).map((bound) => bound.rule));
        expect([...held].map((rule) => rule.id).sort()).toEqual(expected.map((rule) => rule.id).sort());
      }
    }
    expect(plans[2].stats().views[0].epoch).toBeGreaterThan(0);
    expect(plans[1].stats().remembered).toBe(0);
  });

  test('a view holds the rules that its offers fit, and asks only for the fields that these read', () => {
    const plan = createPlan(rules);
    const view = plan.view([{ product: 'windows', category: 'dns_query' }]);
    const fitting = rules.filter(
      ({ logsource }) =>
        (logsource.product ?? 'windows') === 'windows' &&
        (logsource.category ?? 'dns_query') === 'dns_query' &&
        logsource.service === undefined,
    );
    expect(view.rules.map((bound) => bound.rule)).toEqual(fitting);
    expect(view.fields).toContain('QueryName');
    expect(view.fields).not.toContain('TargetFilename');
    expect(plan.view([{ category: 'dns_query', product: 'Windows' }])).toBe(view);
  });
});

async function lane(name: string, count: number): Promise<{ fields: Record<string, unknown>; raw?: string }[]> {
  const lines = createInterface({
    input: createReadStream(join(corpusFolder('lanes')!, `${name}.ndjson.gz`)).pipe(createGunzip()),
  });
  const found: { fields: Record<string, unknown>; raw?: string }[] = [];
  for await (const line of lines) {
    const fields = JSON.parse(line) as Record<string, unknown>;
    found.push({ fields, raw: typeof fields.message === 'string' ? fields.message : undefined });
    if (found.length === count) break;
  }
  return found;
}

function identity(): { fields: Record<string, unknown>; raw?: string }[] {
  const file = join(corpusFolder('identity-events')!, 'aws-cloudtrail.jsonl');
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(0, 8);
  return lines.map((line) => ({ fields: JSON.parse(line) as Record<string, unknown>, raw: line }));
}
