import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyExport } from '../../src/identity/index.ts';
import { apiInstallation, type House } from './installation.ts';

let given: Awaited<ReturnType<typeof apiInstallation>>;
let home: House;
let other: House;
beforeAll(async () => {
  given = await apiInstallation();
  home = await given.house('home');
  other = await given.house('other');
}, 60_000);
afterAll(() => given.close());

const at = '/api/v1/organizations/home';

it('disables somebody at once, with sessions and tokens, and enables again', async () => {
  const boss = await given.person('administrator', [home]);
  const person = await given.person('administrator', [home]);
  const { secret } = JSON.parse(
    (await given.call('post', `${at}/tokens`, person, { name: 'of the person', role: 'viewer' })).text,
  );
  const token = { headers: { authorization: `Bearer ${secret}` } };
  expect((await given.call('get', at, token)).status).toBe(200);
  expect((await given.call('post', `${at}/users/${person.user}/disable`, boss)).status).toBe(204);
  expect((await given.call('get', at, person)).status).toBe(401);
  expect((await given.call('get', at, token)).status).toBe(401);
  const { items } = JSON.parse((await given.call('get', `${at}/users`, boss)).text);
  expect(items.find(({ id }: { id: string }) => id === person.user).disabled_at).not.toBeNull();
  expect((await given.call('post', `${at}/users/${person.user}/enable`, boss)).status).toBe(204);
  expect((await given.call('get', at, token)).status).toBe(200);
  const trail = JSON.parse((await given.call('get', `${at}/audit`, boss)).text).items;
  expect(trail.slice(0, 2)).toMatchObject([
    { action: 'user.enable', object_id: person.user, actor_id: boss.user },
    { action: 'user.disable', object_id: person.user, actor_id: boss.user },
  ]);
});

it('leaves alone who is not an organisation’s to dispose of, oneself, and the last administrator', async () => {
  const boss = await given.person('administrator', [home]);
  const disable = async (user: string | undefined) =>
    (await given.call('post', `${at}/users/${user}/disable`, boss)).code;
  expect(await disable(boss.user)).toBe('own_account');
  expect(await disable((await given.person('viewer', [home, other])).user)).toBe('role_too_small');
  expect(await disable((await given.person('viewer', [home], { installation: true })).user)).toBe('role_too_small');
  expect(await disable((await given.person('viewer', [other])).user)).toBe('not_found');
  expect(await disable(randomUUID())).toBe('not_found');
  // An administrator who is disabled is none: the other one can't be made less.
  const house = await given.house('small');
  const [one, two] = [await given.person('administrator', [house]), await given.person('administrator', [house])];
  const small = '/api/v1/organizations/small/users';
  expect((await given.call('post', `${small}/${two.user}/disable`, one)).status).toBe(204);
  expect((await given.call('patch', `${small}/${one.user}`, one, { role: 'viewer' })).code).toBe('last_administrator');
});

it('exports the trail so that it can be verified without us, and says that it was exported', async () => {
  const boss = await given.person('administrator', [home]);
  const { text, headers, status } = await given.call('get', `${at}/audit/export`, boss);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  const lines = text.split('\n');
  expect(verifyExport(lines)).toEqual({ ok: true, records: lines.length - 1 });
  expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ action: 'audit.export', actor_id: boss.user });
  expect(text).not.toContain(other.id);
  expect((await given.call('get', `${at}/audit/export`, await given.person('viewer', [home]))).status).toBe(403);
});

it('shows and exports the installation’s own trail to who administers the installation', async () => {
  const boss = await given.person('administrator', [home], { installation: true });
  for (const path of ['', '/verification'])
    expect((await given.call('get', `/api/v1/installation/audit${path}`, boss)).status).toBe(200);
  const { text } = await given.call('get', '/api/v1/installation/audit/export', boss);
  expect(verifyExport(text.split('\n'))).toMatchObject({ ok: true });
  const lesser = await given.person('administrator', [home]);
  expect((await given.call('get', '/api/v1/installation/audit/export', lesser)).status).toBe(403);
});
