import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIndicatorMatcher } from '../../../src/detection/indicators/index.ts';
import {
  activeIndicators,
  countSightings,
  importIndicators,
  pullFeed,
  sightingBundle,
} from '../../../src/detection/indicators/live/index.ts';
import type { IndicatorFeedTable, OpenStateStore } from '../../../src/storage/index.ts';
import { json, type TestHttp, testHttp } from '../../../testkit/peers/http-server.ts';
import { pythonPrograms, type RunningServer, startServer } from '../../../testkit/peers/python-server.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

const ORGANIZATION = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';
const FEED = '01890000-0000-7000-8000-00000000000f';
const OTHERS_FEED = '01890000-0000-7000-8000-0000000000ff';
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const vault = { open: (sealed: string) => sealed.replace('sealed:', '') };
const patience = { retries: 2, backoff: 5 };

let state: TestState;
let store: OpenStateStore;

beforeAll(async () => {
  state = await testState();
}, 180_000);
afterAll(() => state?.close());

beforeEach(async () => {
  ({ store } = await state.fresh());
  await store.everywhere(async (tx) => {
    for (const [id, slug] of [
      [ORGANIZATION, 'clinic'],
      [OTHER, 'other'],
    ] as const)
      await tx.insertInto('organization').values({ id, slug, name: slug, side: 'client', zone: 'UTC' }).execute();
  });
});

async function addFeed(
  kind: IndicatorFeedTable['kind'],
  settings: object,
  more: { confidence?: number; half_life_days?: number; tlp?: string } = {},
  [organization, id] = [ORGANIZATION, FEED],
) {
  await store.within(organization, (tx) =>
    tx
      .insertInto('indicator_feed')
      .values({
        id,
        organization_id: organization,
        name: `feed ${kind}`,
        kind,
        settings: JSON.stringify(settings),
        ...more,
      })
      .execute(),
  );
}

const rows = (organization = ORGANIZATION) =>
  store.within(organization, (tx) => tx.selectFrom('indicator').selectAll().orderBy('value').execute());
const feedRow = () =>
  store.within(ORGANIZATION, (tx) => tx.selectFrom('indicator_feed').selectAll().executeTakeFirstOrThrow());
const pull = (now = NOW) => pullFeed(store, FEED, { vault, now: () => now, patience });

describe('a list by URL', () => {
  let server: TestHttp;
  let list = '';
  let failures = 0;
  beforeAll(async () => {
    server = await testHttp((request) => {
      if (failures-- > 0) return { status: 503, headers: { 'retry-after': '0' } };
      if (request.headers.authorization !== 'Bearer secret') return { status: 401 };
      return { body: list };
    });
  });
  afterAll(() => server.close());

  it('is stored, renewed, ended and matched; what is on a warning list is kept and never matched', async () => {
    await addFeed(
      'csv',
      { url: `${server.url}/list`, secret: 'sealed:secret', allow_private: true },
      { confidence: 80, half_life_days: 30, tlp: 'amber' },
    );
    list = 'type,value\ndomain,evil.badsite.test\ndomain,gone.badsite.test\nip,8.8.8.8\n';
    failures = 2;
    expect(await pull()).toMatchObject({ added: 3, changed: 0, renewed: 0, warned: 1, ended: 0, problems: [] });
    list = 'type,value\ndomain,evil.badsite.test\nip,8.8.8.8\n';
    expect(await pull(NOW + DAY)).toMatchObject({ added: 0, renewed: 2, ended: 1 });
    expect(await feedRow()).toMatchObject({ last_error: null, last_pull_at: new Date(NOW + DAY) });

    const { packed, idle } = await activeIndicators(store, ORGANIZATION, NOW + 31 * DAY);
    expect(idle).toEqual({ warning_list: 1, ended: 1 });
    const matcher = createIndicatorMatcher(packed);
    expect(matcher.match('dns.query', 'a.evil.badsite.test')).toMatchObject([
      { written: 'evil.badsite.test', feed: 'feed csv', confidence: 40, tlp: 'amber' },
    ]);
    expect(matcher.match('dst_endpoint.ip', '8.8.8.8')).toEqual([]);
    // Listed again, it stands as on the first day.
    await pull(NOW + 31 * DAY);
    const renewed = await activeIndicators(store, ORGANIZATION, NOW + 31 * DAY);
    expect(createIndicatorMatcher(renewed.packed).match('dns.query', 'evil.badsite.test')[0]?.confidence).toBe(80);
  });

  it('says in the feed what went wrong, and keeps what was there', async () => {
    await addFeed('csv', { url: `${server.url}/list`, secret: 'sealed:secret', allow_private: true });
    list = 'evil.badsite.test\n';
    await pull();
    list = '';
    expect((await pull(NOW + 1)).error).toBe('The feed holds no indicator.');
    failures = 99;
    expect((await pull(NOW + 2)).error).toMatch(/answered 503/);
    expect((await feedRow()).last_error).toMatch(/answered 503/);
    failures = 0;
    expect((await activeIndicators(store, ORGANIZATION, NOW + 3)).packed.size).toBe(1);
  });

  it('asks no private address, and no plain http, unless the feed says so', async () => {
    await addFeed('csv', { url: `${server.url}/list` });
    expect((await pull()).error).toMatch(/inside a network/);
    const localhost = JSON.stringify({ url: `${server.url.replace('127.0.0.1', 'localhost')}/list` });
    await store.within(ORGANIZATION, (tx) => tx.updateTable('indicator_feed').set({ settings: localhost }).execute());
    expect((await pull()).error).toMatch(/leads to (127\.0\.0\.1|::1), an address inside a network/);
    const plain = JSON.stringify({ url: 'http://feeds.example/list', allow_private: true });
    await store.within(ORGANIZATION, (tx) => tx.updateTable('indicator_feed').set({ settings: plain }).execute());
    expect((await pull()).error).toMatch(/only https is/);
  });
});

describe('STIX by hand', () => {
  const object = (id: number, pattern: string, more = {}) => ({
    type: 'indicator',
    id: `indicator--01890000-0000-7000-8000-00000000000${id}`,
    modified: '2026-01-01T00:00:00Z',
    pattern,
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
    ...more,
  });
  const bundle = (...objects: object[]) => JSON.stringify({ type: 'bundle', id: 'bundle--1', objects });
  const feed = { organization: ORGANIZATION, id: FEED };

  it('honours the end, withdrawals and later versions', async () => {
    await addFeed('stix', {}, { half_life_days: 1 });
    const first = bundle(
      object(1, "[domain-name:value = 'a.badsite.test']", { valid_until: '2026-07-01T00:00:00Z', confidence: 60 }),
      object(2, "[domain-name:value = 'b.badsite.test'] OR [ipv4-addr:value = '45.33.32.156']"),
      object(3, "[url:value = 'http://c.badsite.test/x']"),
    );
    expect(await importIndicators(store, feed, first, NOW)).toMatchObject({ added: 4 });
    expect(await importIndicators(store, feed, first, NOW)).toMatchObject({ added: 0, changed: 0, renewed: 4 });
    const second = bundle(
      object(1, "[domain-name:value = 'a.badsite.test']", { valid_until: '2026-06-15T00:00:00Z', confidence: 60 }),
      object(2, "[domain-name:value = 'b.badsite.test']", { modified: '2026-02-01T00:00:00Z' }),
      object(3, "[url:value = 'http://c.badsite.test/x']", { revoked: true }),
    );
    expect(await importIndicators(store, feed, second, NOW + 1)).toMatchObject({ added: 0, changed: 1, revoked: 2 });
    expect((await rows()).map(({ written, revoked }) => [written, revoked])).toEqual([
      ['45.33.32.156', true],
      ['a.badsite.test', false],
      ['b.badsite.test', false],
      ['http://c.badsite.test/x', true],
    ]);
    // a has an end and keeps until then, though the half-life is a day; b decays
    const later = await activeIndicators(store, ORGANIZATION, NOW + 10 * DAY);
    expect([...later.packed.counts].reduce((sum, count) => sum + count)).toBe(1);
    expect(later.idle).toEqual({ revoked: 2, decayed_away: 1 });
    const end = await activeIndicators(store, ORGANIZATION, NOW + 20 * DAY);
    expect(end.packed.size).toBe(0);
  });

  it('tells what counts again where it did not: it is looked for in the past again', async () => {
    await addFeed('stix', {}, { half_life_days: 1, confidence: 80 });
    const again = async (more: object, now: number) =>
      (await importIndicators(store, feed, bundle(object(1, "[domain-name:value = 'a.badsite.test']", more)), now))
        .again;
    const until = (day: number) => ({ valid_until: new Date(NOW + day * DAY).toISOString() });
    expect(await again(until(10), NOW)).toBe(0);
    // put off before it comes: it was looked for all the time
    expect(await again(until(12), NOW + DAY)).toBe(0);
    expect(await again({ ...until(12), name: 'another note' }, NOW + DAY)).toBe(0);
    expect(await again(until(30), NOW + 20 * DAY)).toBe(1);
    expect(await again({ ...until(30), valid_from: '2025-01-01T00:00:00Z' }, NOW + 20 * DAY + 1)).toBe(1);
    expect(await again({ ...until(30), revoked: true }, NOW + 20 * DAY + 2)).toBe(0);
    expect(await again({ valid_from: '2025-01-01T00:00:00Z' }, NOW + 20 * DAY + 3)).toBe(1);
    // now without an end: it decays within some four days
    expect(await again({ valid_from: '2025-01-01T00:00:00Z' }, NOW + 22 * DAY)).toBe(0);
    expect(await again({ valid_from: '2025-01-01T00:00:00Z' }, NOW + 28 * DAY)).toBe(1);
    const since = async (day: number) =>
      (await activeIndicators(store, ORGANIZATION, NOW + 28 * DAY, { feed: FEED, since: new Date(NOW + day * DAY) }))
        .packed.size;
    expect([await since(28), await since(28.1)]).toEqual([1, 0]);
  });

  it('counts sightings back, renews by them and gives them on', async () => {
    await addFeed('stix', {}, { half_life_days: 1, confidence: 80 });
    await importIndicators(store, feed, bundle(object(1, "[domain-name:value = 'a.badsite.test']")), NOW);
    await importIndicators(store, feed, 'evil.badsite.test\n', NOW);
    const met = { type: 'domain', value: 'a.badsite.test', count: 2, at: NOW + 9 * DAY } as const;
    await countSightings(store, ORGANIZATION, [met, { ...met, count: 1, at: NOW }]);
    const active = await activeIndicators(store, ORGANIZATION, NOW + 10 * DAY);
    expect(createIndicatorMatcher(active.packed).match('dns.query', 'a.badsite.test')[0]?.confidence).toBe(40);
    await countSightings(store, ORGANIZATION, [{ ...met, value: 'evil.badsite.test' }]);
    const made = sightingBundle(await rows(), { id: ORGANIZATION, name: 'Clinic', created: new Date(NOW) });
    expect(made.objects.map(({ type }) => type)).toEqual(['identity', 'sighting', 'indicator', 'sighting']);
    expect(made.objects[1]).toMatchObject({
      sighting_of_ref: 'indicator--01890000-0000-7000-8000-000000000001',
      count: 3,
      last_seen: '2026-06-10T00:00:00.000Z',
    });
    expect(made.objects[2]).toMatchObject({ pattern: "[domain-name:value = 'evil.badsite.test']" });
  });

  it('takes sightings of others, once', async () => {
    await addFeed('stix', {});
    const sighting = {
      type: 'sighting',
      id: 'sighting--1',
      sighting_of_ref: 'indicator--01890000-0000-7000-8000-000000000001',
      count: 5,
      last_seen: '2026-05-01T00:00:00Z',
    };
    const text = bundle(object(1, "[domain-name:value = 'a.badsite.test']"), sighting);
    expect(await importIndicators(store, feed, text, NOW)).toMatchObject({ sightings: 1 });
    expect(await importIndicators(store, feed, text, NOW)).toMatchObject({ sightings: 0 });
    expect((await rows())[0]).toMatchObject({ sightings: 5, last_sighting_at: new Date('2026-05-01T00:00:00Z') });
  });

  it('keeps one organisation’s apart from another’s', async () => {
    await addFeed('stix', {});
    await addFeed('stix', {}, {}, [OTHER, OTHERS_FEED]);
    await importIndicators(store, feed, 'a.badsite.test\n', NOW);
    await importIndicators(store, { organization: OTHER, id: OTHERS_FEED }, 'b.badsite.test\n', NOW);
    await countSightings(store, OTHER, [{ type: 'domain', value: 'a.badsite.test', count: 1, at: NOW }]);
    expect((await rows()).map(({ written, sightings }) => [written, sightings])).toEqual([['a.badsite.test', 0]]);
    expect((await activeIndicators(store, OTHER, NOW)).packed.size).toBe(1);
    const foreign = importIndicators(store, { organization: OTHER, id: FEED }, 'c.badsite.test\n', NOW);
    await expect(foreign).rejects.toThrow(/no feed/);
    expect((await rows()).map(({ written }) => written)).toEqual(['a.badsite.test']);
  });

  it('stores hostile text without harm', async () => {
    await addFeed('stix', {});
    const text = bundle(
      object(1, "[file:name = 'a\u0000\ud800.exe']", { name: '\u0000\udfff', valid_until: '9999-12-31T23:59:59Z' }),
    );
    expect(await importIndicators(store, feed, text, NOW)).toMatchObject({ added: 1 });
  });
});

describe('a MISP feed', () => {
  const [one, two] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
  const event = (value: string, more = {}) => ({
    Event: { info: 'Campaign', Attribute: [{ uuid: `u-${value}`, type: 'domain', value, to_ids: true, ...more }] },
  });

  it('reads what is new since the last pull, and goes on after a failure', async () => {
    const files: Record<string, unknown> = {
      '/feed/manifest.json': {
        [one]: { timestamp: '100' },
        [two]: { timestamp: '200' },
        '../../x': { timestamp: '1' },
      },
      [`/feed/${one}.json`]: event('a.badsite.test'),
    };
    const server = await testHttp((_, __, url) =>
      files[url.pathname] === undefined ? { status: 404 } : json(files[url.pathname]),
    );
    try {
      await addFeed('misp', { url: `${server.url}/feed/manifest.json`, allow_private: true });
      expect(await pull()).toMatchObject({ added: 1, error: expect.stringMatching(/answered 404/) });
      files[`/feed/${two}.json`] = event('b.badsite.test');
      server.asked.length = 0;
      expect(await pull()).toMatchObject({ added: 1 });
      expect(server.asked).toEqual(['GET /feed/manifest.json', `GET /feed/${two}.json`]);
      files['/feed/manifest.json'] = { [one]: { timestamp: '300' }, [two]: { timestamp: '200' } };
      files[`/feed/${one}.json`] = event('a.badsite.test', { deleted: true });
      expect(await pull()).toMatchObject({ added: 0, revoked: 1 });
      expect((await feedRow()).cursor).toEqual({ misp: { timestamp: 300, uuids: [one] } });
    } finally {
      await server.close();
    }
  });
});

const programs = pythonPrograms('medallion', ['medallion']);

describe.skipIf(programs === undefined)('a TAXII 2.1 server (medallion)', () => {
  const collection = '91a7b528-80eb-42ed-a74d-c6fbd5a26116';
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-taxii-'));
  let server: RunningServer;

  beforeAll(async () => {
    const day = (number: number) => `2026-01-${String(number).padStart(2, '0')}T00:00:00.000000Z`;
    const objects = Array.from({ length: 25 }, (_, index) => ({
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--01890000-0000-4000-8000-0000000000${String(index + 10)}`,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      pattern: `[domain-name:value = 'c${index}.badsite.test']`,
      pattern_type: 'stix',
      valid_from: '2026-01-01T00:00:00Z',
      object_marking_refs: ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
    }));
    const manifest = objects.map(({ id, modified }, index) => ({
      id,
      date_added: day(index + 1),
      version: modified,
      media_type: 'application/stix+json;version=2.1',
    }));
    const data = {
      '/discovery': {
        title: 'Test',
        default: 'http://localhost:5000/api1/',
        api_roots: ['/api1/'],
      },
      api1: {
        information: { title: 'One', versions: ['application/taxii+json;version=2.1'], max_content_length: 9_765_625 },
        status: [],
        collections: [
          {
            id: collection,
            title: 'Clinics',
            can_read: true,
            can_write: false,
            media_types: ['application/stix+json;version=2.1'],
            objects,
            manifest,
          },
          {
            id: '472c94ae-3113-4e3e-a4dd-a9f4ac7471d4',
            title: 'Secret',
            can_read: false,
            can_write: true,
            objects: [],
            manifest: [],
          },
        ],
      },
    };
    writeFileSync(join(folder, 'data.json'), JSON.stringify(data));
    const backend = {
      module: 'medallion.backends.memory_backend',
      module_class: 'MemoryBackend',
      filename: join(folder, 'data.json'),
    };
    const config = { backend, users: { clinic: 'secret' }, taxii: { max_page_size: 10 } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    server = await startServer(join(programs!, 'medallion'), (port) => [
      '--port',
      String(port),
      join(folder, 'config.json'),
    ]);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives a collection page by page, and later only what is new', async () => {
    const settings = { url: `${server.url}/taxii2/`, collection: 'Clinics', user: 'clinic', allow_private: true };
    await addFeed('taxii', { ...settings, secret: 'sealed:secret' });
    expect(await pull()).toMatchObject({ added: 25, problems: [] });
    expect((await feedRow()).cursor).toEqual({ added_after: '2026-01-25T00:00:00.000000Z' });
    expect((await rows())[0]).toMatchObject({ tlp: 'amber', type: 'domain' });
    expect(await pull()).toMatchObject({ added: 0, renewed: 0 });
  });

  it('is found by API root and by collection as well', async () => {
    const more = { user: 'clinic', secret: 'sealed:secret', allow_private: true };
    await addFeed('taxii', { url: `${server.url}/api1/collections/${collection}/`, ...more });
    expect(await pull()).toMatchObject({ added: 25 });
    const root = JSON.stringify({ url: `${server.url}/api1/`, ...more });
    await store.within(ORGANIZATION, (tx) =>
      tx.updateTable('indicator_feed').set({ settings: root, cursor: null }).execute(),
    );
    expect(await pull()).toMatchObject({ added: 0, renewed: 25 });
  });

  it('says whose credential or which collection is wrong', async () => {
    await addFeed('taxii', {
      url: `${server.url}/taxii2/`,
      user: 'clinic',
      secret: 'sealed:wrong',
      allow_private: true,
    });
    expect((await pull()).error).toMatch(/refuses our credential \(401\)/);
    const settings = JSON.stringify({
      url: `${server.url}/taxii2/`,
      collection: 'Secret',
      user: 'clinic',
      secret: 'sealed:secret',
      allow_private: true,
    });
    await store.within(ORGANIZATION, (tx) => tx.updateTable('indicator_feed').set({ settings }).execute());
    expect((await pull()).error).toMatch(/no collection "Secret".*Clinics/);
  });
});
