import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { may, PERMISSIONS, type Permission } from '../../src/identity/index.ts';
import type { Role } from '../../src/storage/index.ts';
import { apiInstallation, type House, type Things } from './installation.ts';

let given: Awaited<ReturnType<typeof apiInstallation>>;
let home: House;
let other: House;

beforeAll(async () => {
  given = await apiInstallation();
  home = await given.house('home');
  other = await given.house('other');
}, 60_000);
afterAll(() => given.close());

const routes = () =>
  given.api.routes.map(({ spec }) => ({
    ...spec,
    organized: (PERMISSIONS as readonly string[]).includes(spec.access),
    at: (slug: string, ids: Partial<Record<string, string>> = {}) =>
      `/api/v1${spec.path.replace('{organization}', slug).replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? randomUUID())}`,
    name: `${spec.method} ${spec.path}`,
  }));
/** Asks every route that `which` takes and tells those that answered otherwise than with `status`. */
async function refusals(
  which: (route: ReturnType<typeof routes>[number]) => boolean,
  ask: (route: ReturnType<typeof routes>[number]) => Promise<{ status: number; code: string | undefined }>,
  status: number,
): Promise<{ asked: number; wrong: string[] }> {
  const wrong: string[] = [];
  let asked = 0;
  for (const route of routes().filter(which)) {
    const answer = await ask(route);
    asked += 1;
    if (answer.status !== status) wrong.push(`${route.name}: ${answer.status} ${answer.code}`);
  }
  return { asked, wrong };
}

describe('every route', () => {
  it('is declared: nothing else is served', () => {
    const served = given.api.app.routes.filter(({ path, method }) => path.startsWith('/api/v1/') && method !== 'ALL');
    expect(served.length).toBe(given.api.routes.length);
  });

  it.each(['nobody', 'an ended session', 'an ingest token', 'an invented token'])('refuses %s', async (who) => {
    const caller = async () => {
      if (who === 'an ended session') return given.person('administrator', [home], { ended: true });
      if (who === 'an ingest token') return given.token(home, { kind: 'ingest', source: home.things.source });
      if (who === 'an invented token') return { headers: { authorization: `Bearer chp_${'A'.repeat(43)}` } };
      return undefined;
    };
    const { asked, wrong } = await refusals(
      ({ access }) => access !== 'public',
      async (route) => given.call(route.method, route.at('home'), await caller()),
      401,
    );
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(55);
  });

  it('gives no sign of an organisation to a person or a token of another', async () => {
    const person = await given.person('administrator', [other], { installation: true });
    const token = await given.token(other, { kind: 'api', role: 'administrator' });
    for (const caller of [person, token])
      for (const slug of ['home', 'no-such-house']) {
        const { wrong } = await refusals(
          ({ organized }) => organized,
          (route) => given.call(route.method, route.at(slug, { id: home.things.source }), caller),
          404,
        );
        expect(wrong).toEqual([]);
      }
  });

  it('asks for the second factor of those who gave the password alone', async () => {
    const half = await given.person('administrator', [home], { half: true });
    const { wrong } = await refusals(
      ({ access }) => access !== 'public' && access !== 'half',
      (route) => given.call(route.method, route.at('home'), half),
      403,
    );
    expect(wrong).toEqual([]);
  });

  it('lets an administrator without a second factor change nothing', async () => {
    const weak = await given.person('administrator', [home], { factor: false });
    const { wrong } = await refusals(
      ({ organized, access }) => organized && !access.endsWith(':read'),
      (route) => given.call(route.method, route.at('home'), weak),
      403,
    );
    expect(wrong).toEqual([]);
  });

  it('changes nothing for a page that does not know the session’s token, or for another site', async () => {
    const changing = ({ access, method }: { access: string; method: string }) =>
      access !== 'public' && access !== 'half' && method !== 'get';
    const blind = await given.person('administrator', [home], { csrf: false });
    const without = await refusals(changing, (route) => given.call(route.method, route.at('home'), blind), 403);
    expect(without.wrong).toEqual([]);
    const { headers } = await given.person('administrator', [home]);
    for (const origin of ['https://evil.example', 'null', 'no address']) {
      const { wrong } = await refusals(
        changing,
        (route) =>
          given.call(route.method, route.at('home'), { headers: { ...headers, host: '127.0.0.1:7780', origin } }),
        403,
      );
      expect(wrong).toEqual([]);
    }
  });

  it.each(['provider_reader', 'viewer', 'analyst', 'approver', 'administrator'] satisfies Role[])(
    'lets %s do what the role may and no more, and has no fault whatever the ids are',
    async (role) => {
      const house = await given.house(`of-${role.replace('_', '-')}`);
      const wrong: string[] = [];
      for (const route of routes().filter(({ organized }) => organized))
        for (const id of [randomUUID(), "no-uuid'--"]) {
          const caller = await given.person(role, [house]);
          const { status, code } = await given.call(
            route.method,
            route.at(house.slug, { id: encodeURIComponent(id), binding: encodeURIComponent(id) }),
            caller,
          );
          const allowed = may(role, route.access as Permission);
          if (status >= 500 || (allowed ? status === 401 || status === 403 : status !== 403))
            wrong.push(`${route.name}: ${status} ${code}`);
        }
      expect(wrong).toEqual([]);
      expect(given.faults).toEqual([]);
    },
    60_000,
  );

  it('is closed to those who administer no installation where it asks for that', async () => {
    const caller = await given.person('administrator', [home]);
    const { asked, wrong } = await refusals(
      ({ access }) => access === 'installation',
      (route) => given.call(route.method, route.at('home'), caller),
      403,
    );
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(0);
  });
});

/** What each route's id names, and a body that is sound, so that only whose it is decides. */
const NAMED: readonly [route: RegExp, thing: keyof Things, body?: unknown][] = [
  [/users\/\{id\}/, 'user', { role: 'viewer' }],
  [/tokens\/\{id\}/, 'token'],
  [/sources\/\{id\}\/tokens/, 'source', { name: 'x' }],
  [/sources\/\{id\}\/bindings/, 'source', { kind: 'address', value: '198.51.100.1' }],
  [/sources\/\{id\}/, 'source', { name: 'stolen' }],
  [/indicator-feeds\/\{id\}/, 'feed', { enabled: false }],
  [/exceptions\/\{id\}/, 'exception'],
  [/findings\/\{id\}/, 'finding'],
  [/legal-holds\/\{id\}/, 'hold'],
  [/rule-documents\/\{id\}/, 'document', { name: 'stolen', document: RULE() }],
];

function RULE(): string {
  return [
    'title: A test',
    `id: ${randomUUID()}`,
    'level: low',
    'logsource: {product: windows, service: security}',
    'detection: {a: {EventID: 1}, condition: a}',
    '',
  ].join('\n');
}

describe('things of another organisation', () => {
  it('are not there, whatever is asked of them', async () => {
    const caller = await given.person('administrator', [home]);
    const wrong: string[] = [];
    let asked = 0;
    for (const route of routes().filter(({ organized, path }) => organized && path.includes('{id}'))) {
      const named = NAMED.find(([pattern]) => pattern.test(route.path));
      if (named === undefined) continue;
      const [, thing, body] = named;
      const path = route.at('home', { id: other.things[thing], binding: other.things.binding });
      const { status } = await given.call(
        route.method,
        route.path.endsWith('uploads') ? `${path}?name=x` : path,
        caller,
        body,
      );
      asked += 1;
      if (status !== 404) wrong.push(`${route.name}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(25);
    const { name, state } = await given.store.within(other.id, (tx) =>
      tx.selectFrom('source').select(['name', 'state']).where('id', '=', other.things.source).executeTakeFirstOrThrow(),
    );
    expect({ name, state }).toEqual({ name: 'One', state: 'active' });
  });

  it('are not there for a provider’s reader either where they are another provider’s', async () => {
    const reader = await given.person('provider_reader', [home]);
    const wrong: string[] = [];
    for (const route of routes().filter(
      ({ organized, access, path }) =>
        organized && path.includes('{id}') && may('provider_reader', access as Permission),
    )) {
      const thing = route.path.includes('/findings/') ? 'finding' : 'source';
      const { status } = await given.call(route.method, route.at('home', { id: home.things[thing] }), reader);
      if (status !== 404) wrong.push(`${route.name}: ${status}`);
    }
    expect(wrong).toEqual([]);
    for (const list of ['sources', 'findings', 'findings?provider=other']) {
      const { status, text } = await given.call('get', `/api/v1/organizations/home/${list}`, reader);
      expect([list, status, JSON.parse(text).items]).toEqual([list, 200, []]);
    }
    expect((await given.call('get', '/api/v1/organizations/home/legal-holds', reader)).status).toBe(403);
  });
});
