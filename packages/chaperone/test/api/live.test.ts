import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiInstallation, type Caller, type House } from './installation.ts';

let given: Awaited<ReturnType<typeof apiInstallation>>;
let home: House;
beforeAll(async () => {
  given = await apiInstallation();
  home = await given.house('home');
  // The connection by which changes are heard of stands, as it does in a service that runs.
  let heard = false;
  const deaf = given.store.listen(() => {
    heard = true;
  });
  while (!heard) {
    await announce('rule');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  deaf();
}, 60_000);
afterAll(() => given.close());

const at = '/api/v1/organizations/home';
/** Long enough for a machine that has much else to do. */
const SOON = { timeout: 15_000 };

/** Listens until the stream ends or `close` is called. */
async function listening(caller: Caller) {
  const { body, status } = await given.api.app.request(
    `${at}/live`,
    { headers: caller.headers },
    { address: '192.0.2.9' },
  );
  const here = { status, heard: '', ended: false, close: () => reader.cancel() };
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      here.heard += value;
    }
    here.ended = true;
  })();
  await expect.poll(() => here.heard, SOON).toContain('event: hello');
  return here;
}

const announce = (kind: string, id?: string) =>
  given.store.everywhere((tx) =>
    given.store.announce(tx, { organization: home.id, kind, ...(id === undefined ? {} : { id }) }),
  );

describe('a stream of live updates', () => {
  it('ends at once when its session is signed out, and tells nothing of what came after', async () => {
    const caller = await given.person('viewer', [home]);
    const stream = await listening(caller);
    await announce('finding', home.things.finding);
    await expect.poll(() => stream.heard, SOON).toContain(home.things.finding);
    expect((await given.call('delete', '/api/v1/session', caller)).status).toBe(204);
    await announce('rule', 'after-the-end');
    await expect.poll(() => stream.ended, SOON).toBe(true);
    expect(stream.heard).toContain('event: end');
    expect(stream.heard).not.toContain('after-the-end');
  });

  it('ends when the other sessions of a person are ended, and that stands in the trail', async () => {
    const caller = await given.person('approver', [home]);
    const other = await given.again(caller);
    const stream = await listening(other);
    expect((await given.call('delete', '/api/v1/me/sessions', caller)).status).toBe(204);
    await expect.poll(() => stream.ended, SOON).toBe(true);
    const trail = await given.call('get', `${at}/audit`, caller);
    expect(JSON.parse(trail.text).items[0]).toMatchObject({
      action: 'session.end_others',
      actor_id: caller.user,
      detail: { ended: 1 },
    });
  });

  it('ends when the member is removed', async () => {
    const administrator = await given.person('administrator', [home]);
    const caller = await given.person('viewer', [home]);
    const stream = await listening(caller);
    expect((await given.call('delete', `${at}/users/${caller.user}`, administrator)).status).toBe(204);
    await expect.poll(() => stream.ended, SOON).toBe(true);
  });

  it('ends when its token is revoked', async () => {
    const administrator = await given.person('administrator', [home]);
    const caller = await given.token(home, { kind: 'api', role: 'viewer' });
    const stream = await listening(caller);
    const { items } = JSON.parse((await given.call('get', `${at}/tokens`, administrator)).text);
    expect((await given.call('delete', `${at}/tokens/${items[0].id}`, administrator)).status).toBe(204);
    await expect.poll(() => stream.ended, SOON).toBe(true);
  });

  it('ends within seconds when the session runs out, which nobody announces', async () => {
    const caller = await given.person('viewer', [home]);
    const stream = await listening(caller);
    await given.store.everywhere((tx) =>
      tx
        .updateTable('session')
        .set({ expires_at: new Date(0) })
        .where('user_id', '=', caller.user ?? '')
        .execute(),
    );
    await expect.poll(() => stream.ended, SOON).toBe(true);
  });

  it('does not keep a session alive that nobody uses', async () => {
    const caller = await given.person('viewer', [home]);
    const stream = await listening(caller);
    const before = new Date(Date.now() - 20 * 60_000);
    const mine = (tx: Parameters<Parameters<typeof given.store.everywhere>[0]>[0]) =>
      tx
        .selectFrom('session')
        .select('last_seen_at')
        .where('user_id', '=', caller.user ?? '')
        .executeTakeFirstOrThrow();
    await given.store.everywhere((tx) =>
      tx
        .updateTable('session')
        .set({ last_seen_at: before })
        .where('user_id', '=', caller.user ?? '')
        .execute(),
    );
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(stream.ended).toBe(false);
    expect((await given.store.everywhere(mine)).last_seen_at).toEqual(before);
    await stream.close();
  }, 10_000);

  it('tells a provider’s reader of that provider’s findings and sources alone', async () => {
    const reader = await given.person('provider_reader', [home]);
    const house = await given.things(home.id, 'acme');
    const stream = await listening(reader);
    for (const things of [home.things, house])
      for (const kind of ['finding', 'source', 'rule'] as const)
        await announce(kind, kind === 'rule' ? 'a-rule' : things[kind]);
    await announce('finding');
    await expect.poll(() => stream.heard, SOON).toContain('event: gap');
    const told = [...stream.heard.matchAll(/event: (\w+)\ndata: (.*)\n/g)].map(([, event, data]) => `${event} ${data}`);
    expect(told).toEqual([
      'hello {}',
      `finding {"id":"${house.finding}"}`,
      `source {"id":"${house.source}"}`,
      'gap {}',
    ]);
    await stream.close();
  });

  it('is refused when one person holds very many of them', async () => {
    const caller = await given.person('viewer', [home]);
    const streams = await Promise.all(Array.from({ length: 32 }, () => listening(caller)));
    expect((await given.call('get', `${at}/live`, caller)).code).toBe('too_many_streams');
    for (const stream of streams) await stream.close();
    await expect.poll(async () => (await given.call('get', `${at}/live`, caller)).status, SOON).toBe(200);
  });
});
