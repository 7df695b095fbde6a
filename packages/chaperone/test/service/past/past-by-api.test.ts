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
  const lines = Array.from({ length: 130 }, (_, index) => index + 1).map(
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
    items: { id: string; detector: string; count: number; retrospective: boolean; why: string; rule_id: string }[];
  }>('GET', `${AT}/findings`);
  const mine = found.body.items.filter(
    ({ rule_id, detector }) => rule_id.startsWith('6f0c') || detector === 'indicator',
  );
  expect(mine.map(({ detector, count, retrospective }) => [detector, count, retrospective]).sort()).toEqual([
    ['indicator', 130, true],
    ['rule', 130, true],
  ]);
  for (const { why } of mine) expect(why).toContain('Found in the past: ');
  // Stored events don't name what found them afterwards; all of them can be read nonetheless, page by page.
  for (const { id: finding } of mine) {
    const read = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer: { body: { items: { id: string }[]; next: string | null } } = await it.call<{
        items: { id: string }[];
        next: string | null;
      }>('GET', `${AT}/findings/${finding}/events?limit=60${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(answer.body.items.length).toBeLessThanOrEqual(60);
      for (const event of answer.body.items) read.add(event.id);
      cursor = answer.body.next;
    }
    expect(read.size).toBe(130);
  }
  expect((await it.call('GET', `${AT}/findings/${mine[0]!.id}/events?cursor=bm8`)).status).toBe(400);
  const status = await it.call<Record<string, unknown>>('GET', `${AT}/status`);
  expect(status.body).toMatchObject({ engine: 'running', deaths: 0, unjudged: 0 });
}, 300_000);
