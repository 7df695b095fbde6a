import { gzipSync } from 'node:zlib';
import { AwsClient } from 'aws4fetch';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runPull } from '../../src/sources/index.ts';
import type { OpenStateStore } from '../../src/storage/index.ts';
import { type Answer, json, type TestHttp, testHttp } from '../../testkit/peers/http-server.ts';
import { pythonPrograms, type RunningServer, startServer } from '../../testkit/peers/python-server.ts';
import { busy, type KeptIntake, keptIntake } from '../../testkit/sources/kept-intake.ts';
import { type TestState, testState } from '../../testkit/storage/test-state.ts';

const ORGANIZATION = '01890000-0000-7000-8000-000000000001';
const SOURCE = '01890000-0000-7000-8000-0000000000aa';
const TENANT = '11111111-1111-4111-8111-111111111111';
const NOW = Date.UTC(2026, 5, 2, 12);
const HOUR = 3_600_000;
const vault = { open: (sealed: string) => sealed.replace('sealed:', '') };

let state: TestState;
let store: OpenStateStore;
let intake: KeptIntake;
let settings: Record<string, unknown>;

beforeAll(async () => {
  state = await testState();
}, 180_000);
afterAll(() => state?.close());

beforeEach(async () => {
  ({ store } = await state.fresh());
  intake = keptIntake();
  await store.everywhere(async (tx) => {
    const organization = { id: ORGANIZATION, slug: 'clinic', name: 'Clinic', side: 'client', zone: 'UTC' } as const;
    await tx.insertInto('organization').values(organization).execute();
    await tx
      .insertInto('source')
      .values({
        id: SOURCE,
        organization_id: ORGANIZATION,
        slug: 's',
        name: 's',
        kind: 'pull',
        masking: '[]',
        settings: '{}',
      })
      .execute();
  });
});

const pull = (now = NOW) =>
  runPull(
    store,
    { id: SOURCE, organization_id: ORGANIZATION, settings },
    { intake, vault, now: () => now, patience: { retries: 2, backoff: 5 } },
  );
const saved = () =>
  store.within(ORGANIZATION, (tx) => tx.selectFrom('source_cursor').selectAll().executeTakeFirstOrThrow());
const ids = () => intake.texts().map((text) => JSON.parse(text).id);

const programs = pythonPrograms('moto', ['moto[server,s3]']);

describe.skipIf(programs === undefined)('CloudTrail from S3 (moto, which checks signatures)', () => {
  let server: RunningServer;
  let client: AwsClient;
  const account = '123456789012';
  const put = async (stamp: string, name: string, records: object[]) => {
    const [year, month, day] = [stamp.slice(0, 4), stamp.slice(4, 6), stamp.slice(6, 8)];
    const key = `AWSLogs/${account}/CloudTrail/eu-west-1/${year}/${month}/${day}/${account}_CloudTrail_eu-west-1_${stamp}Z_${name}.json.gz`;
    const body = gzipSync(JSON.stringify({ Records: records }));
    await client.fetch(`${server.url}/logs/${key}`, { method: 'PUT', body });
  };

  beforeAll(async () => {
    server = await startServer(`${programs}/moto_server`, (port) => ['-H', '127.0.0.1', '-p', String(port)]);
    client = new AwsClient({ accessKeyId: 'AKIATEST', secretAccessKey: 'secret', region: 'us-east-1', service: 's3' });
    await client.fetch(`${server.url}/logs`, { method: 'PUT' });
  });
  afterAll(() => server?.stop());

  it('reads files since the cursor, late ones too, each once', async () => {
    settings = {
      service: 'cloudtrail',
      bucket: 'logs',
      region: 'us-east-1',
      accounts: [account],
      regions: ['eu-west-1'],
      access_key_id: 'AKIATEST',
      secret_access_key: 'sealed:secret',
      endpoint: server.url,
      allow_private: true,
    };
    await put('20260601T1300', 'a', [{ id: 1 }, { id: 2 }]);
    await put('20260602T1000', 'b', [{ id: 3 }]);
    await put('20250101T0000', 'old', [{ id: 99 }]);
    expect(await pull()).toMatchObject({ records: 3 });
    expect(ids()).toEqual([1, 2, 3]);
    await put('20260602T0930', 'late', [{ id: 4 }]);
    await put('20260602T1030', 'c', [{ id: 5 }]);
    intake.failures.push(busy());
    expect(await pull(NOW + HOUR)).toMatchObject({ records: 2 });
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(await pull(NOW + HOUR)).toMatchObject({ records: 0 });
    expect(await saved()).toMatchObject({
      last_error: null,
      cursor: { [`${account}/eu-west-1`]: { after: '2026-06-02T10:30:00Z' } },
    });
  });

  it('goes on where the intake failed, and loses nothing', async () => {
    await client.fetch(`${server.url}/logs`);
    intake.failures.push(new Error('the store is gone'));
    await expect(pull()).rejects.toThrow('the store is gone');
    await pull();
    expect(ids()).toContain(1);
  });

  it('says which permission is missing', async () => {
    settings = { ...settings, bucket: 'nobodys-logs' };
    expect((await pull()).error).toMatch(/refuses \(NoSuchBucket\).*whether bucket and region are right/);
    expect((await saved()).last_error).toMatch(/NoSuchBucket/);
  });
});

describe('services that are played by the documentation', () => {
  let server: TestHttp;
  let answer: (url: URL, headers: Record<string, unknown>, method: string, body: string) => Answer;
  beforeEach(async () => {
    server = await testHttp((request, body, url) => {
      if (url.pathname === `/${TENANT}/oauth2/v2.0/token`) {
        if (!body.includes('client_secret=secret&'))
          return { ...json({ error_description: 'AADSTS7000215: Invalid client secret provided.' }), status: 401 };
        return json({ access_token: 'token', expires_in: 3_599 });
      }
      return answer(url, request.headers, request.method ?? '', body);
    });
  });
  afterEach(() => server.close());
  const microsoft = () => ({
    tenant: TENANT,
    client_id: TENANT,
    client_secret: 'sealed:secret',
    login: server.url,
    api: server.url,
    allow_private: true,
  });

  it('Microsoft 365: subscribes, pages, reads blobs once, and waits when asked to', async () => {
    settings = { service: 'microsoft-365', ...microsoft(), content: ['Audit.Exchange', 'Audit.General'] };
    let throttled = 1;
    const started: string[] = [];
    answer = (url, headers, method) => {
      if (headers.authorization !== 'Bearer token') return { status: 401 };
      const base = `/api/v1.0/${TENANT}/activity/feed/subscriptions/`;
      const type = url.searchParams.get('contentType') ?? '';
      if (url.pathname === `${base}list`) return json([{ contentType: 'Audit.Exchange', status: 'enabled' }]);
      if (url.pathname === `${base}start` && method === 'POST') {
        started.push(type);
        return json({ contentType: type, status: 'enabled' });
      }
      if (url.pathname.startsWith('/blob/')) {
        if (throttled-- > 0) return { status: 429, headers: { 'retry-after': '0' } };
        return json([{ id: url.pathname.slice(6), Workload: 'Exchange' }]);
      }
      const page = url.searchParams.get('page') ?? '1';
      const { startTime, endTime } = Object.fromEntries(url.searchParams);
      if (Date.parse(`${endTime}Z`) - Date.parse(`${startTime}Z`) > 24 * HOUR) return { status: 400 };
      const next: Record<string, string> =
        page === '1' ? { NextPageUri: `${server.url}${url.pathname}${url.search}&page=2` } : {};
      const id = `${type}-${page}`;
      return json([{ contentType: type, contentId: id, contentUri: `${server.url}/blob/${id}` }], next);
    };
    expect(await pull()).toMatchObject({ records: 4 });
    expect(started).toEqual(['Audit.General']);
    expect(ids()).toEqual(['Audit.Exchange-1', 'Audit.Exchange-2', 'Audit.General-1', 'Audit.General-2']);
    expect(await pull(NOW + HOUR)).toMatchObject({ records: 0 });
  });

  it('Microsoft 365: takes its credential nowhere else', async () => {
    settings = { service: 'microsoft-365', ...microsoft(), content: ['Audit.General'] };
    answer = (url) =>
      url.pathname.endsWith('/list')
        ? json([{ contentType: 'Audit.General', status: 'enabled' }])
        : json([{ contentId: 'x', contentUri: 'https://elsewhere.example/x' }]);
    expect((await pull()).error).toMatch(/elsewhere\.example, where our credential doesn't belong/);
  });

  it('says that a secret ended', async () => {
    settings = { service: 'entra', ...microsoft(), client_secret: 'sealed:old' };
    expect((await pull()).error).toMatch(/AADSTS7000215.*secret has not ended/);
  });

  it('Entra: both logs, page by page, with an overlap whose repetitions are the same events', async () => {
    settings = { service: 'entra', ...microsoft() };
    const asked: string[] = [];
    answer = (url) => {
      const log = url.pathname.split('/').at(-1) ?? '';
      const filter = url.searchParams.get('$filter') ?? '';
      if (filter !== '') asked.push(filter);
      const [, from = '', to = ''] = / ge (\S+) and \S+ le (\S+)$/.exec(filter) ?? [];
      const happened = '2026-06-02T11:30:00Z';
      if (url.searchParams.has('page')) return json({ value: [{ id: `${log}-2` }] });
      if (from > happened || to < happened) return json({ value: [] });
      return json({ value: [{ id: `${log}-1` }], '@odata.nextLink': `${server.url}${url.pathname}?page=2` });
    };
    expect(await pull()).toMatchObject({ records: 4 });
    expect(ids()).toEqual(['signIns-1', 'signIns-2', 'directoryAudits-1', 'directoryAudits-2']);
    expect(asked[0]).toBe('createdDateTime ge 2026-06-01T12:00:00Z and createdDateTime le 2026-06-01T18:00:00Z');
    expect(asked.at(-1)).toMatch(/^activityDateTime ge/);
    expect(await pull(NOW + HOUR)).toMatchObject({ records: 4 });
    expect(intake.events()).toBe(4);
    expect((await saved()).cursor).toEqual({
      signIns: '2026-06-02T13:00:00Z',
      directoryAudits: '2026-06-02T13:00:00Z',
    });
  });

  it('Okta: follows the link, heeds the rate, and goes on from the last link', async () => {
    settings = { service: 'okta', domain: server.url, token: 'sealed:token', allow_private: true };
    let records = 3;
    answer = (url, headers) => {
      if (headers.authorization !== 'SSWS token') return { status: 401 };
      const after = Number(url.searchParams.get('after') ?? '0');
      const page = after < records ? [{ id: after, eventType: 'user.session.start' }] : [];
      return json(page, {
        link: `<${server.url}/api/v1/logs?limit=1>; rel="self", <${server.url}/api/v1/logs?after=${after + page.length}>; rel="next"`,
        'x-rate-limit-remaining': after === 1 ? '0' : '50',
        'x-rate-limit-reset': String(Math.ceil(NOW / 1_000)),
      });
    };
    expect(await pull()).toMatchObject({ records: 3 });
    records = 4;
    expect(await pull(NOW + HOUR)).toMatchObject({ records: 1 });
    expect(ids()).toEqual([0, 1, 2, 3]);
    settings = { ...settings, token: 'sealed:wrong' };
    expect((await pull()).error).toMatch(/refuses our credential \(401\)/);
    expect((await saved()).cursor).toMatchObject({ next: `${server.url}/api/v1/logs?after=4` });
  });

  it('tells answers that are none of the service’s', async () => {
    settings = { service: 'okta', domain: server.url, token: 'sealed:token', allow_private: true };
    answer = () => ({ body: '<html>' });
    expect((await pull()).error).toMatch(/its answer is no JSON/);
  });
});
