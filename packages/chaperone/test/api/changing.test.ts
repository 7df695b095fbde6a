import { afterAll, beforeAll, expect, it } from 'vitest';
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
const items = async (path: string, caller: Awaited<ReturnType<typeof given.person>>) =>
  JSON.parse((await given.call('get', `${at}${path}`, caller)).text).items;

it('changes a feed, keeps its secret while it goes to the same server, and gives it to nobody', async () => {
  const analyst = await given.person('analyst', [home]);
  const url = 'https://taxii.example/api/';
  const made = await given.call('post', `${at}/indicator-feeds`, analyst, {
    name: 'Neighbours',
    kind: 'taxii',
    settings: { url, user: 'ada', secret: 'a key of theirs' },
    interval: 3600,
  });
  const { id } = JSON.parse(made.text);
  const path = `${at}/indicator-feeds/${id}`;
  const row = () =>
    given.store.within(home.id, (tx) =>
      tx.selectFrom('indicator_feed').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );
  const sealed = (await row()).settings.secret;
  await given.store.within(home.id, (tx) =>
    tx
      .updateTable('indicator_feed')
      .set({ cursor: '{"added_after":"2026-01-01T00:00:00Z"}' })
      .where('id', '=', id)
      .execute(),
  );
  const patch = (body: unknown) => given.call('patch', path, analyst, body);
  expect((await patch({ name: 'Ring of clinics', confidence: 70, settings: { url, user: 'eve' } })).status).toBe(204);
  expect(await row()).toMatchObject({
    name: 'Ring of clinics',
    confidence: 70,
    interval: 3600,
    settings: { url, user: 'eve', secret: sealed },
    cursor: { added_after: '2026-01-01T00:00:00Z' },
  });
  // elsewhere: the secret is not sent there unasked, and the place in the old list is none in the new
  const moved = { url: 'https://elsewhere.example/api/' };
  expect(await patch({ settings: moved })).toMatchObject({ status: 422 });
  expect((await patch({ settings: { ...moved, secret: 'another' } })).status).toBe(204);
  expect((await row()).settings.secret).not.toBe(sealed);
  expect((await row()).cursor).toBeNull();
  expect((await patch({ settings: { ...moved, secret: null } })).status).toBe(204);
  expect((await row()).settings).toEqual(moved);
  // networks of our own, and plain HTTP, are the installation's to open
  expect((await patch({ settings: { ...moved, allow_private: true } })).status).toBe(422);
  expect((await patch({ settings: { ...moved, unheard: 1 } })).status).toBe(422);
  const [shown] = await items('/indicator-feeds', analyst);
  expect(shown.settings).toEqual(moved);
  expect((await items('/indicator-feeds', await given.person('viewer', [home])))[0].settings).toBeNull();
  expect((await given.call('patch', path, await given.person('viewer', [home]), { enabled: false })).status).toBe(403);
  await given.call('post', `${at}/indicator-feeds`, analyst, { name: 'Second', kind: 'manual' });
  expect(await patch({ name: 'Second' })).toMatchObject({ status: 409, code: 'name_taken' });
  const trail = await items('/audit?action=indicator_feed.change', await given.person('approver', [home]));
  expect(trail).toHaveLength(3);
  expect(JSON.stringify(trail)).not.toMatch(/a key of theirs|another|v1\./);
});

it('changes a sign-in provider, and asks for its secret again where the issuer changed', async () => {
  const boss = await given.person('administrator', [home]);
  const made = await given.call('post', `${at}/oidc-providers`, boss, {
    name: 'Clinic login',
    issuer: 'https://login.example',
    client_id: 'chaperone',
    client_secret: 'shared',
  });
  const { id } = JSON.parse(made.text);
  const patch = (body: unknown) => given.call('patch', `${at}/oidc-providers/${id}`, boss, body);
  const row = () =>
    given.store.everywhere((tx) =>
      tx.selectFrom('oidc_provider').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );
  const { client_secret } = await row();
  expect((await patch({ name: 'House login', default_role: 'viewer', enabled: false })).status).toBe(204);
  expect(await row()).toMatchObject({ name: 'House login', default_role: 'viewer', enabled: false, client_secret });
  const listed = async () => JSON.parse((await given.call('get', '/api/v1/session/oidc', { headers: {} })).text).items;
  expect(await listed()).toEqual([]);
  expect(await patch({ issuer: 'https://login.other' })).toMatchObject({ status: 422, code: 'secret_needed' });
  expect((await patch({ issuer: 'http://127.0.0.1:1', client_secret: 'x' })).status).toBe(422);
  expect((await patch({ issuer: 'https://login.other', client_secret: null, enabled: true })).status).toBe(204);
  expect(await row()).toMatchObject({ issuer: 'https://login.other', client_secret: null });
  expect(await listed()).toEqual([{ id, name: 'House login' }]);
  // of another organisation it is not there
  const stranger = await given.person('administrator', [other]);
  const elsewhere = `/api/v1/organizations/other/oidc-providers/${id}`;
  expect((await given.call('patch', elsewhere, stranger, { name: 'stolen' })).status).toBe(404);
  expect(
    (await given.call('patch', `${at}/oidc-providers/${id}`, await given.person('approver', [home]), {})).status,
  ).toBe(403);
  const [latest] = await items(`/audit?object=${id}`, boss);
  expect(latest).toMatchObject({ action: 'oidc_provider.change', detail: { issuer: 'https://login.other' } });
});

it('finds acts in the trail by who, what, of which and when, page by page', async () => {
  const boss = await given.person('administrator', [home]);
  for (const name of ['Blue 100%', 'Green', 'Blue too'])
    await given.call('post', `${at}/tokens`, boss, { name, role: 'viewer' });
  const found = async (query: string) =>
    (await items(`/audit?${query}`, boss)).map(({ detail }: { detail: { name?: string } }) => detail.name);
  expect(await found('action=token.create&object=blue')).toEqual(['Blue too', 'Blue 100%']);
  // what stands for anything in SQL stands for itself
  expect(await found('action=token&object=100%25')).toEqual(['Blue 100%']);
  expect(await found('action=token&object=1%25%25')).toEqual([]);
  expect(await found('action=toke')).toEqual([]);
  expect(await found('action=token&object=name')).toEqual([]);
  const [{ actor_name }] = await items('/audit?action=token', boss);
  expect((await found(`actor=${encodeURIComponent(actor_name.toUpperCase())}&action=token`)).length).toBe(3);
  expect(await found('actor=nobody-of-that-name')).toEqual([]);
  expect(await found('action=token&from=2099-01-01T00:00:00Z')).toEqual([]);
  expect(await found('action=token&to=2020-01-01T00:00:00%2B02:00')).toEqual([]);
  expect(await found('outcome=failure&action=token')).toEqual([]);
  const read = async (cursor: string | null): Promise<string[]> => {
    const more = cursor === null ? '' : `&cursor=${cursor}`;
    const page = JSON.parse((await given.call('get', `${at}/audit?action=token&limit=1${more}`, boss)).text);
    const names = page.items.map(({ detail }: { detail: { name: string } }) => detail.name);
    return page.next === null ? names : [...names, ...(await read(page.next))];
  };
  expect(await read(null)).toEqual(['Blue too', 'Green', 'Blue 100%']);
});

it('makes an exception of what one source was found to do', async () => {
  const analyst = await given.person('analyst', [home]);
  const source = home.things.source;
  const body = {
    detector: 'silence',
    source_id: source,
    owner: 'ada@home.example',
    reason: 'Being moved',
    ends_at: '2099-01-01T00:00:00Z',
  };
  expect((await given.call('post', `${at}/exceptions`, analyst, body)).status).toBe(201);
  expect(await items('/exceptions', analyst)).toContainEqual(expect.objectContaining({ source_id: source }));
  const foreign = { ...body, source_id: other.things.source };
  expect((await given.call('post', `${at}/exceptions`, analyst, foreign)).status).toBe(404);
});
