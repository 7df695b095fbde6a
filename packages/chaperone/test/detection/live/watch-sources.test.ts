import { randomUUID } from 'node:crypto';
import { loadRules } from '@chaperone/sigma';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LiveException, watchSources } from '../../../src/detection/index.ts';
import type { OpenStateStore } from '../../../src/storage/index.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

const [refused] = loadRules([
  {
    file: 'rule',
    text: 'title: VPN Session Refused\nid: 6f0c4c1e-3333-4111-8111-111111111111\nlogsource: { category: firewall }\ndetection: { s: { a: b }, condition: s }\nlevel: low\n',
  },
]).rules;

const MINUTE = 60_000;
let server: TestState;
let state: OpenStateStore;

beforeAll(async () => {
  server = await testState();
  ({ store: state } = await server.fresh());
});
afterAll(() => server?.close());

test('a silent source is one finding that names who promised it, stays through a restart, and ends when it comes back', async () => {
  const [id, source] = [randomUUID(), randomUUID()];
  const fell = Date.UTC(2026, 5, 1, 12);
  await state.everywhere((tx) =>
    tx.insertInto('organization').values({ id, slug: 'clinic', name: 'Clinic', side: 'client', zone: 'UTC' }).execute(),
  );
  await state.within(id, async (tx) => {
    await tx
      .insertInto('source')
      .values({
        id: source,
        organization_id: id,
        slug: 'vpn',
        name: 'VPN gateway',
        kind: 'syslog',
        masking: '[]',
        settings: '{}',
        expected_interval: 600,
        promised_by: 'northgate',
      })
      .execute();
    await tx
      .insertInto('source_health')
      .values({ source_id: source, organization_id: id, last_received_at: new Date(fell), state: 'healthy' })
      .onConflict((conflict) =>
        conflict.column('source_id').doUpdateSet({ last_received_at: new Date(fell), state: 'healthy' }),
      )
      .execute();
  });
  const asked: [string, string[]][] = [];
  const blind = async (one: string, silent: ReadonlySet<string>) => {
    asked.push([one, [...silent]]);
    return { rules: [refused], correlations: [] };
  };
  const provider = async (one: string) => ({ northgate: 'Northgate IT' })[one];
  let exceptions: LiveException[] = [];
  const watch = (now: number, listening: number) =>
    watchSources(state, { id, slug: 'clinic', exceptions, blind, provider }, now, listening);
  const seen = () =>
    state.within(id, async (tx) => ({
      findings: await tx.selectFrom('finding').select(['why', 'provider', 'first_at', 'last_at', 'level']).execute(),
      health: (await tx.selectFrom('source_health').select('state').executeTakeFirstOrThrow()).state,
    }));

  await watch(fell + 9 * MINUTE, 0);
  expect(await seen()).toEqual({ findings: [], health: 'healthy' });
  await watch(fell + 20 * MINUTE, 0);
  await watch(fell + 21 * MINUTE, 0);
  await watch(fell + 22 * MINUTE, fell + 22 * MINUTE);
  const { findings, health } = await seen();
  expect(health).toBe('silent');
  expect(asked).toEqual([[source, [source]]]);
  expect(findings).toEqual([
    {
      why: 'The source VPN gateway has sent nothing since 2026-06-01 12:00 UTC, for 20 minutes; 10 minutes is set. Northgate IT promised it. 1 rule went blind, for nothing else tells of the same: VPN Session Refused.',
      provider: 'northgate',
      level: 'medium',
      first_at: new Date(fell),
      last_at: new Date(fell),
    },
  ]);
  await state.within(id, (tx) =>
    tx
      .updateTable('source_health')
      .set({ last_received_at: new Date(fell + 30 * MINUTE) })
      .execute(),
  );
  await watch(fell + 31 * MINUTE, 0);
  const after = await seen();
  expect(after.health).toBe('healthy');
  expect(after.findings.map(({ last_at }) => last_at)).toEqual([new Date(fell + 31 * MINUTE)]);

  // An exception for a source holds back what this source is found to do, and no other's.
  const about = (source_id: string): LiveException => ({
    id: randomUUID(),
    detector: 'silence',
    rule_id: null,
    provider: null,
    account: null,
    host: null,
    src_ip: null,
    source_id,
    fields: [],
    ends: Number.POSITIVE_INFINITY,
  });
  const own = about(source);
  exceptions = [about(randomUUID()), own];
  await watch(fell + 50 * MINUTE, 0);
  const held = await state.within(id, (tx) =>
    tx.selectFrom('finding').select('exception_id').where('first_at', '>', new Date(fell)).execute(),
  );
  expect(held).toEqual([{ exception_id: own.id }]);
});
