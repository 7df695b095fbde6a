import { afterAll, beforeAll, expect, test } from 'vitest';
import { runningService, type TestService } from '../../../testkit/running-service.ts';

let it: TestService;
const AT = '/organizations/ward';

beforeAll(async () => {
  it = await runningService();
}, 180_000);
afterAll(() => it?.close());

interface Run {
  readonly subject: string;
  readonly state: string;
  readonly findings: number;
  readonly matches: number;
}

test('a rule that somebody adds, and a list that somebody imports, find by themselves what came before them', async () => {
  const { token } = await it.source('archive', 'ndjson');
  const lines = [1, 2, 3].map(
    (n) =>
      `<38>1 ${new Date().toISOString()} store01 sshd ${n} - - Accepted password for anna from 203.0.113.9 port ${n} ssh2`,
  );
  const sent = await fetch(`http://127.0.0.1:${it.port('http')}/_bulk`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
    body: lines.map((message) => `{"create":{}}\n${JSON.stringify({ message })}\n`).join(''),
  });
  expect(((await sent.json()) as { errors: boolean }).errors).toBe(false);
  const runs = async () => (await it.call<{ items: Run[] }>('GET', `${AT}/past-runs`)).body.items;
  const document = `title: Somebody came from there
id: 6f0c4c1e-9999-4111-8111-111111111111
logsource: { product: linux, service: sshd }
detection: { s: { src_ip: 203.0.113.9 }, condition: s }
level: medium
`;
  const rule = await it.call<{ id: string }>('POST', `${AT}/rule-documents`, { name: 'there', document });
  expect(rule.status).toBe(201);
  const done = (subject: string) => async () =>
    (await runs()).some((run) => run.subject === subject && run.state === 'done');
  await it.until(done(rule.body.id), 120);
  const feed = await it.call<{ id: string }>('POST', `${AT}/indicator-feeds`, { name: 'Neighbours', kind: 'manual' });
  const at = '2026-01-01T00:00:00.000Z';
  const id = 'indicator--6f0c4c1e-aaaa-4111-8111-111111111111';
  const pattern = "[ipv4-addr:value = '203.0.113.9']";
  const imported = await it.call<{ added: number }>('POST', `${AT}/indicator-feeds/${feed.body.id}/import`, {
    type: 'bundle',
    id: 'bundle--6f0c4c1e-bbbb-4111-8111-111111111111',
    objects: [
      {
        type: 'indicator',
        spec_version: '2.1',
        id,
        created: at,
        modified: at,
        valid_from: at,
        pattern,
        pattern_type: 'stix',
      },
    ],
  });
  expect(imported.body.added).toBe(1);
  await it.until(done(feed.body.id), 120);
  const found = await it.call<{
    items: { detector: string; count: number; retrospective: boolean; why: string; rule_id: string }[];
  }>('GET', `${AT}/findings`);
  const mine = found.body.items.filter(
    ({ rule_id, detector }) => rule_id.startsWith('6f0c') || detector === 'indicator',
  );
  expect(mine.map(({ detector, count, retrospective }) => [detector, count, retrospective]).sort()).toEqual([
    ['indicator', 3, true],
    ['rule', 3, true],
  ]);
  for (const { why } of mine) expect(why).toContain('Found in the past: ');
  const status = await it.call<Record<string, unknown>>('GET', `${AT}/status`);
  expect(status.body).toMatchObject({ engine: 'running', deaths: 0, unjudged: 0 });
}, 300_000);
