import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPast, readRulePacks } from '../../../src/detection/index.ts';
import { askPastOfNewRules } from '../../../src/service/past/new-pack-rules.ts';
import type { OpenStateStore } from '../../../src/storage/index.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

let server: TestState;
let state: OpenStateStore;
const folder = mkdtempSync(join(tmpdir(), 'chaperone-packs-'));

beforeAll(async () => {
  server = await testState();
  ({ store: state } = await server.fresh());
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ID = (number: number) => `6f0c4c1e-${number}-4111-8111-111111111111`;
/** A folder of rules as the service reads it at its start. */
const packs = (rules: Readonly<Record<number, string>>) => {
  for (const [number, value] of Object.entries(rules))
    writeFileSync(
      join(folder, `${number}.yml`),
      `title: T\nid: ${ID(Number(number))}\nlogsource: { product: linux }\ndetection: { s: { a: ${value} }, condition: s }\nlevel: low\n`,
    );
  return readRulePacks([folder], false);
};

test('rules of packs that are new or changed since the last start are asked of the past, once, and not where they are off', async () => {
  const [one, other] = [randomUUID(), randomUUID()];
  await state.everywhere((tx) =>
    tx
      .insertInto('organization')
      .values(
        [one, other].map((id) => ({ id, slug: `o-${id.slice(0, 8)}`, name: id, side: 'client' as const, zone: 'UTC' })),
      )
      .execute(),
  );
  await state.within(other, (tx) =>
    tx
      .insertInto('rule_setting')
      .values({ organization_id: other, rule_id: ID(1002), enabled: false })
      .execute(),
  );
  const asked = async (organization: string) =>
    (await state.within(organization, (tx) => listPast(tx))).map(({ rules, state: how }) => [rules, how]);
  await askPastOfNewRules(state, await packs({ 1001: 'b', 1002: 'b' }));
  expect(await asked(one)).toEqual([]);
  await askPastOfNewRules(state, await packs({ 1001: 'b', 1002: 'c', 1003: 'b' }));
  expect(await asked(one)).toEqual([[[ID(1002), ID(1003)], 'waiting']]);
  expect(await asked(other)).toEqual([[[ID(1003)], 'waiting']]);
  await askPastOfNewRules(state, await packs({ 1001: 'b', 1002: 'c', 1003: 'b' }));
  expect((await asked(one)).length).toBe(1);
});
