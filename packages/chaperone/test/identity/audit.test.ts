import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AuditRecord,
  audit,
  createVault,
  readAudit,
  SYSTEM_ACTOR,
  verifyChain,
  verifyExport,
} from '../../src/identity/index.ts';
import { type TestState, testState } from '../../testkit/storage/test-state.ts';

let state: TestState;
beforeAll(async () => {
  state = await testState();
});
afterAll(() => state.close());

const vault = createVault(randomBytes(32));
const HASH = `'${'f'.repeat(64)}'`;

async function chain(length: number) {
  const { store, raw } = await state.fresh();
  for (let i = 1; i <= length; i += 1)
    await store.everywhere((tx) => audit(tx, vault, null, { actor: SYSTEM_ACTOR, action: `test.${i}`, detail: { i } }));
  // As somebody who owns the database and takes the guard off first.
  const tamper = (sql: string) => raw(`alter table audit_record disable trigger all; ${sql}`);
  return { store, tamper, verify: () => verifyChain(store, vault, null) };
}

test('an untouched chain is whole, and records count without gaps also when many write at once', async () => {
  const { store, verify } = await chain(3);
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      store.everywhere((tx) => audit(tx, vault, null, { actor: SYSTEM_ACTOR, action: 'test.race', detail: { i } })),
    ),
  );
  expect(await verify()).toEqual({ ok: true, records: 23 });
});

test('an act that fails leaves no record, and its number is used by the next', async () => {
  const { store, verify } = await chain(2);
  await expect(
    store.everywhere(async (tx) => {
      await audit(tx, vault, null, { actor: SYSTEM_ACTOR, action: 'test.undone' });
      throw new Error('the act failed');
    }),
  ).rejects.toThrow('the act failed');
  await store.everywhere((tx) => audit(tx, vault, null, { actor: SYSTEM_ACTOR, action: 'test.next' }));
  expect(await verify()).toEqual({ ok: true, records: 3 });
});

test('a changed row is found', async () => {
  const { tamper, verify } = await chain(5);
  await tamper(`update audit_record set actor_name = 'somebody else' where sequence = 3`);
  expect(await verify()).toMatchObject({ ok: false, sequence: 3, reason: 'its content was changed' });
});

test('a time moved by a microsecond is found', async () => {
  const { tamper, verify } = await chain(3);
  await tamper(`update audit_record set at = at + interval '1 microsecond' where sequence = 2`);
  expect(await verify()).toMatchObject({ ok: false, sequence: 2 });
});

test('a row removed in the middle is found', async () => {
  const { tamper, verify } = await chain(5);
  await tamper('delete from audit_record where sequence = 3');
  expect(await verify()).toMatchObject({ ok: false, sequence: 3 });
});

test('a removed end is found against the sealed head, also when the whole chain is gone', async () => {
  const { tamper, verify } = await chain(5);
  await tamper('delete from audit_record where sequence > 3');
  expect(await verify()).toMatchObject({ ok: false, sequence: 4 });
  await tamper('delete from audit_record');
  expect(await verify()).toMatchObject({ ok: false, sequence: 1 });
});

test('a head that was set back with the end cut off is found, for its seal needs the key', async () => {
  const { tamper, verify } = await chain(5);
  await tamper(`delete from audit_record where sequence > 3;
    update setting set value = jsonb_build_object('sequence', 3, 'mac', value->>'mac',
      'hash', (select hash from audit_record where sequence = 3)) where key = 'audit_head/'`);
  expect(await verify()).toMatchObject({ ok: false, reason: expect.stringContaining('seal') });
});

test('a chain whose head was removed is found', async () => {
  const { tamper, verify } = await chain(5);
  await tamper(`delete from setting where key = 'audit_head/'`);
  expect((await verify()).ok).toBe(false);
});

test('swapped rows are found', async () => {
  const { tamper, verify } = await chain(5);
  await tamper(`update audit_record set sequence = 100 where sequence = 2;
    update audit_record set sequence = 2 where sequence = 3; update audit_record set sequence = 3 where sequence = 100`);
  expect(await verify()).toMatchObject({ ok: false, sequence: 2 });
});

test('a forged row at the end is found', async () => {
  const { tamper, verify } = await chain(3);
  await tamper(`insert into audit_record (id, organization_id, sequence, at, actor_kind, actor_id, actor_name, action, outcome, detail, hash, previous_hash)
    select gen_random_uuid(), null, 4, now(), 'system', null, 'Chaperone', 'forged', 'success', '{}', ${HASH}, hash from audit_record where sequence = 3`);
  expect(await verify()).toMatchObject({ ok: false, sequence: 4 });
});

test('the program’s own role can neither change nor remove a record', async () => {
  const { store } = await chain(2);
  await expect(
    store.everywhere((tx) => tx.updateTable('audit_record').set({ actor_name: 'x' }).execute()),
  ).rejects.toThrow();
  await expect(store.everywhere((tx) => tx.deleteFrom('audit_record').execute())).rejects.toThrow();
});

test('an exported trail is verified without the database, line for line', async () => {
  const { store } = await chain(4);
  const records = await store.everywhere((tx) => readAudit(tx, null, undefined, 100));
  const lines = records.reverse().map((record: AuditRecord) => JSON.stringify(record));
  expect(verifyExport(lines)).toEqual({ ok: true, records: 4 });
  expect(verifyExport([lines[0], lines[2], lines[3]])).toMatchObject({ ok: false, sequence: 2 });
  expect(verifyExport([lines[0], lines[1].replace('test.2', 'test.9')])).toMatchObject({ ok: false, sequence: 2 });
  for (const rubbish of ['no JSON', '{"sequence":', '[]', 'null', '7', '{}'])
    expect(verifyExport([lines[0], rubbish, lines[2]])).toMatchObject({ ok: false, sequence: 2 });
});

test('secrets do not get into details', async () => {
  const { store } = await chain(0);
  const detail = { password: 'hunter2 hunter2', nested: { client_secret: 'abc' }, text: 'a\u0000b' };
  const leaked = { note: `used chp_${'A'.repeat(46)}` };
  await store.everywhere(async (tx) => {
    await audit(tx, vault, null, { actor: SYSTEM_ACTOR, action: 'test.secret', detail });
    await audit(tx, vault, null, { actor: SYSTEM_ACTOR, action: 'test.token', detail: leaked });
  });
  const text = JSON.stringify(await store.everywhere((tx) => readAudit(tx, null, undefined, 10)));
  expect(text).not.toMatch(/hunter2|"abc"|chp_/);
  expect((await verifyChain(store, vault, null)).ok).toBe(true);
});
