import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkOf } from '../../src/identity/index.ts';
import { apiInstallation, type Caller, type House } from './installation.ts';

let given: Awaited<ReturnType<typeof apiInstallation>>;
let home: House;
beforeAll(async () => {
  given = await apiInstallation();
  home = await given.house('home');
}, 60_000);
afterAll(() => given.close());

const at = '/api/v1/organizations/home';

/** Sends a body of no stated length. @returns the status, the code, and how many bytes were taken */
async function stream(path: string, mebibytes: number, caller?: Caller) {
  let taken = 0;
  const piece = new Uint8Array(1 << 20).fill(0x61);
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken >= mebibytes) return controller.close();
        taken += 1;
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
  const answer = await given.api.app.request(
    path,
    { method: 'POST', headers: { ...caller?.headers }, body, duplex: 'half' } as RequestInit,
    { address: '192.0.2.9' },
  );
  const { code } = (await answer.json()) as { code?: string };
  return { status: answer.status, code, taken };
}

describe('a body without a stated length', () => {
  it('is read no further than it may be long, and not at all for who may not', async () => {
    const caller = await given.person('administrator', [home]);
    const viewer = await given.person('viewer', [home]);
    expect(await stream(`${at}/exceptions`, 64, caller)).toEqual({ status: 413, code: 'body_too_large', taken: 5 });
    const keyed = { headers: { ...caller.headers, 'idempotency-key': 'k' } };
    expect(await stream(`${at}/exceptions`, 64, keyed)).toEqual({ status: 413, code: 'body_too_large', taken: 5 });
    expect(await stream(`${at}/exceptions`, 64, viewer)).toMatchObject({ status: 403, taken: 0 });
    expect(await stream(`${at}/exceptions`, 64)).toMatchObject({ status: 401, taken: 0 });
    expect(await stream('/api/v1/session', 64)).toEqual({ status: 413, code: 'body_too_large', taken: 1 });
    const feed = `${at}/indicator-feeds/${home.things.feed}/import`;
    expect(await stream(feed, 200, caller)).toEqual({ status: 413, code: 'body_too_large', taken: 129 });
  });
});

describe('an Idempotency-Key', () => {
  const body = { kind: 'ndjson', name: 'once' };
  const post = (caller: Caller, key: string) =>
    given.call('post', `${at}/sources`, { headers: { ...caller.headers, 'idempotency-key': key } }, body);

  it('gives the first answer again', async () => {
    const caller = await given.person('administrator', [home]);
    const first = await post(caller, 'one');
    const again = await post(caller, 'one');
    expect([first.status, again.status, again.headers.get('idempotent-replay')]).toEqual([201, 201, 'true']);
    expect(again.text).toBe(first.text);
  });

  it('gives nothing to somebody who may no more', async () => {
    const caller = await given.person('administrator', [home]);
    expect((await post(caller, 'two')).status).toBe(201);
    const boss = await given.person('administrator', [home]);
    await given.call('patch', `${at}/users/${caller.user}`, boss, { role: 'viewer' });
    expect((await post(caller, 'two')).code).toBe('role_too_small');
    await given.call('delete', `${at}/users/${caller.user}`, boss);
    expect((await post(caller, 'two')).code).toBe('not_found');
  });
});

describe('very many requests', () => {
  it('of one session or token are held back from wherever they come', async () => {
    for (const caller of [
      await given.person('viewer', [home]),
      await given.token(home, { kind: 'api', role: 'viewer' }),
    ]) {
      // Each call comes from an address of its own.
      let held: Awaited<ReturnType<typeof given.call>> | undefined;
      for (let wave = 0; wave < 20 && held === undefined; wave += 1) {
        const answers = await Promise.all(Array.from({ length: 300 }, () => given.call('get', at, caller)));
        held = answers.find(({ status }) => status === 429);
      }
      expect(Number(held?.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  }, 60_000);

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:DB8:0:0:ffff::7', '2001:db8:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('count by place: %s is %s', (ip, place) => {
    expect(networkOf(ip)).toBe(place);
  });
});
