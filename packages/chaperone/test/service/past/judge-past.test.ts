import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { loadDirectory, loadRules, type RuleSet } from '@chaperone/sigma';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleRecords } from '../../../../../content/sample/sample-records.ts';
import {
  ADDED,
  importIndicators,
  LISTED,
  type LiveSource,
  listPast,
  nextPast,
  packIndicators,
  requestPast,
  SWITCHED_ON,
  testRule,
} from '../../../src/detection/index.ts';
import { judgePast, type PastDeps } from '../../../src/service/past/judge-past.ts';
import type { EventStore, OpenStateStore } from '../../../src/storage/index.ts';
import { recordBatch } from '../../../testkit/record-batch.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';
import { type TestIntake, testIntake } from '../../../testkit/test-intake.ts';

let server: TestState;
let state: OpenStateStore;
let events: EventStore;
let closeEvents: () => Promise<void>;
let rules: RuleSet;
const NO_RULES = loadRules([]);
const shippers = ['windows', 'firewall', 'archive', 'tenant'] as const;

beforeAll(async () => {
  server = await testState();
  ({ store: state } = await server.fresh());
  ({ store: events, close: closeEvents } = await testEvents());
  const folder = fileURLToPath(new URL('../../../../../content/rules', import.meta.url));
  rules = loadRules((await loadDirectory(folder)).sources);
});
afterAll(async () => {
  await closeEvents?.();
  await server?.close();
});

async function send(to: TestIntake, source: string, texts: readonly string[]) {
  await to.intake.accept({
    organization: to.organization,
    source,
    records: recordBatch(texts),
    received: Date.now() * 1000,
    delivery: 'acknowledged',
    listener: 'test',
  });
}

async function ship(to: TestIntake, known = new Map<string, string>()): Promise<Map<string, string>> {
  for (const name of shippers) {
    const texts = sampleRecords()
      .filter(({ shipper }) => shipper === name)
      .map(({ text }) => text);
    const source = known.get(name) ?? (await to.source(name));
    known.set(name, source);
    for (let from = 0; from < texts.length; from += 200) await send(to, source, texts.slice(from, from + 200));
  }
  await to.intake.settle();
  return known;
}

function deps(of: TestIntake, set: RuleSet, days = 30): PastDeps & { faults: unknown[] } {
  const faults: unknown[] = [];
  return {
    state,
    events,
    intake: of.intake,
    days,
    engineMemory: undefined,
    setup: async () => ({
      organization: of.organization,
      slug: of.slug,
      zone: 'Europe/Berlin',
      rules: set,
      registry: undefined,
      indicators: packIndicators([]),
      exceptions: [],
      lateness: 30_000_000,
    }),
    source: (_, id): LiveSource => ({ id, name: id, zone: 'Europe/Berlin', format: undefined, masking: [] }),
    fault: (what, error) => faults.push(what, error),
    faults,
  };
}

const findings = (of: TestIntake) =>
  state.within(of.organization, (tx) => tx.selectFrom('finding').selectAll().orderBy('id').execute());
const named = (of: TestIntake) =>
  state.within(of.organization, (tx) => tx.selectFrom('finding_event').selectAll().execute());
const ask = (of: TestIntake, ids: readonly string[], reason = ADDED) =>
  state.within(of.organization, (tx) =>
    requestPast(tx, of.organization, {
      kind: 'rules',
      subject: randomUUID(),
      title: 'all',
      rules: ids,
      reason,
      cameAt: new Date('2026-11-25T10:00:00Z'),
    }),
  );
const runs = (of: TestIntake) => state.within(of.organization, (tx) => listPast(tx));
const forever = new AbortController().signal;

test('rules that come after the events find in the past what they would have found as it happened', async () => {
  const live = await testIntake(state, events);
  await ship(live);
  const late = await testIntake(state, events, { rules: NO_RULES });
  const sources = await ship(late);
  expect(await findings(late)).toEqual([]);
  const ids = [...rules.rules, ...rules.correlations].map(({ id }) => id);
  await ask(late, ids);
  const past = deps(late, rules);
  await judgePast(late.organization, past, forever);
  expect(past.faults).toEqual([]);
  const key = (one: Awaited<ReturnType<typeof findings>>[number]) =>
    [one.detector, one.rule_title, one.account, one.host, one.src_ip, one.count, one.first_at.toISOString()].join(
      ' | ',
    );
  const found = await findings(late);
  expect(found.map(key).sort()).toEqual((await findings(live)).map(key).sort());
  expect(found.length).toBeGreaterThan(20);
  for (const { retrospective, why, late: tooLate } of found) {
    expect(retrospective).toBe(true);
    expect(tooLate).toBe(false);
    expect(why).toMatch(/Found in the past: the rule was added on 2026-11-25 10:00 UTC; this happened on 20\d\d-/);
  }
  const [run] = await runs(late);
  expect(run).toMatchObject({ state: 'done', findings: found.length });
  // Once more, and as it happens: the same findings, no event twice.
  await ask(late, ids);
  await judgePast(late.organization, deps(late, rules), forever);
  expect((await findings(late)).map(key).sort()).toEqual(found.map(key).sort());
  await late.setup({ rules });
  await ship(late, sources);
  const refs = await named(late);
  for (const { id, count, detector } of await findings(late))
    if (detector === 'rule') expect(count).toBe(refs.filter(({ finding_id }) => finding_id === id).length);
  await Promise.all([live.intake.close(), late.intake.close()]);
}, 400_000);

test('what was begun goes on after it was broken off, and what is replaced stops', async () => {
  const late = await testIntake(state, events, { rules: NO_RULES });
  await ship(late);
  const ids = rules.rules.map(({ id }) => id);
  const alone: RuleSet = { ...rules, correlations: [] };
  await ask(late, ids);
  const broken = new AbortController();
  const past = deps(late, alone);
  await judgePast(
    late.organization,
    {
      ...past,
      source: (organization, id) => {
        broken.abort();
        return past.source(organization, id);
      },
    },
    broken.signal,
  );
  expect((await runs(late))[0].state).toBe('running');
  await judgePast(late.organization, past, forever);
  const [run] = await runs(late);
  expect(run.state).toBe('done');
  expect(run.reached?.getTime()).toBe(run.since?.getTime());
  const whole = await testIntake(state, events, { rules: alone });
  await ship(whole);
  const counts = async (of: TestIntake) =>
    (await findings(of))
      .filter(({ detector }) => detector === 'rule')
      .map(({ rule_title, count }) => `${rule_title} ${count}`);
  expect((await counts(late)).sort()).toEqual((await counts(whole)).sort());
  await Promise.all([late.intake.close(), whole.intake.close()]);
}, 400_000);

test('a rule by keywords alone looks back a week and says so; switched off, nothing is looked at', async () => {
  const late = await testIntake(state, events, { rules: NO_RULES });
  const source = await late.source('archive');
  await send(late, source, [
    '<38>Nov 20 10:00:00 store01 sshd[7]: Accepted password for root from 198.51.100.4 port 22 ssh2',
  ]);
  const set = loadRules([
    {
      file: 'own/words',
      text: 'title: Words\nid: 6f0c4c1e-1111-4111-8111-111111111111\nlogsource: { product: linux }\ndetection: { words: [Accepted password], condition: words }\nlevel: low\n',
    },
  ]);
  const ids = set.rules.map(({ id }) => id);
  await ask(late, ids);
  await judgePast(late.organization, deps(late, set), forever);
  const [run] = await runs(late);
  expect(run.note).toContain('only the last 7 days were looked at');
  expect(run.until!.getTime() - run.since!.getTime()).toBe(7 * 86_400_000);
  expect((await findings(late)).map(({ rule_title }) => rule_title)).toEqual(['Words']);
  await ask(late, ids);
  await judgePast(late.organization, deps(late, set, 0), forever);
  expect((await runs(late))[0]).toMatchObject({ state: 'done', matches: 0 });
  await late.intake.close();
}, 120_000);

test('an indicator that comes later finds the events that had it, and says which feed brought it', async () => {
  const late = await testIntake(state, events, { rules: NO_RULES });
  const source = await late.source('archive');
  const line = (ip: string, user: string) =>
    `<38>Nov 20 10:00:00 store01 sshd[7]: Accepted password for ${user} from ${ip} port 22 ssh2`;
  await send(late, source, [line('198.51.100.4', 'anna'), line('203.0.113.9', 'root'), line('203.0.113.9', 'root')]);
  const feed = randomUUID();
  const cameAt = new Date();
  await state.within(late.organization, async (tx) => {
    await tx
      .insertInto('indicator_feed')
      .values({ id: feed, organization_id: late.organization, name: 'Neighbours', kind: 'manual', settings: '{}' })
      .execute();
  });
  const text = 'type,value\nip,203.0.113.9\ndomain,bad.example\n';
  expect((await importIndicators(state, { id: feed, organization: late.organization }, text, Date.now())).added).toBe(
    2,
  );
  await state.within(late.organization, (tx) =>
    requestPast(tx, late.organization, { kind: 'feed', subject: feed, title: 'Neighbours', reason: LISTED, cameAt }),
  );
  await judgePast(late.organization, deps(late, rules), forever);
  const found = await findings(late);
  expect(found.map(({ detector, count, retrospective }) => [detector, count, retrospective])).toEqual([
    ['indicator', 2, true],
  ]);
  expect(found[0].why).toContain('Found in the past: the feed Neighbours brought this indicator on ');
  // One that had ended before and is listed anew is looked for again, alone.
  const ended = 'type,value,valid_until\nip,198.51.100.4,2001-01-01\nip,203.0.113.9,\n';
  const list = (text: string) =>
    importIndicators(state, { id: feed, organization: late.organization }, text, Date.now());
  expect(await list(ended)).toMatchObject({ added: 1, again: 0 });
  const anew = new Date();
  expect(await list('type,value,valid_until\nip,198.51.100.4,\n')).toMatchObject({ added: 0, again: 1 });
  await state.within(late.organization, (tx) =>
    requestPast(tx, late.organization, {
      kind: 'feed',
      subject: feed,
      title: 'Neighbours',
      reason: LISTED,
      cameAt: anew,
    }),
  );
  await judgePast(late.organization, deps(late, rules), forever);
  expect((await findings(late)).map(({ count }) => count).sort()).toEqual([1, 2]);
  await late.intake.close();
}, 120_000);

test('a rule that is tried is held against the kinds of events that its log source means', async () => {
  const late = await testIntake(state, events, { rules: NO_RULES });
  const source = await late.source('archive');
  await send(late, source, [
    '<38>Nov 20 10:00:00 store01 sshd[7]: Failed password for root from 198.51.100.4 port 22 ssh2',
    '<38>Nov 20 10:00:01 store01 su[8]: FAILED SU (to root) anna on pts/1',
  ]);
  const rule = (service: string) =>
    loadRules([
      {
        file: 'rule',
        text: `title: T\nid: 6f0c4c1e-2222-4111-8111-111111111111\nlogsource: { product: linux, service: ${service} }\ndetection: { words: [store01], condition: words }\nlevel: low\n`,
      },
    ]).rules[0];
  const from = new Date(Date.now() - 400 * 86_400_000);
  const to = new Date(Date.now() + 400 * 86_400_000);
  for (const [service, matches] of [
    ['sshd', 1],
    ['su', 1],
    ['auditd', 0],
  ] as const)
    expect(await testRule(events, late.organization, rule(service), from, to)).toMatchObject({
      matches,
      note: null,
      events: 2,
    });
  await late.intake.close();
}, 60_000);

test('what was asked of a whole feed is asked of it still when it brings more before that is done', async () => {
  const late = await testIntake(state, events, { rules: NO_RULES });
  const feed = { kind: 'feed', subject: randomUUID(), title: 'Neighbours' } as const;
  const first = new Date(Date.now() - 60_000);
  const request = (reason: string, cameAt: Date) =>
    state.within(late.organization, (tx) => requestPast(tx, late.organization, { ...feed, reason, cameAt }));
  await request(SWITCHED_ON, first);
  await request(LISTED, new Date());
  expect(await nextPast(state, late.organization)).toMatchObject({ reason: SWITCHED_ON, came_at: first });
  await late.intake.close();
}, 60_000);
