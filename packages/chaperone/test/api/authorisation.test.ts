import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runningService, type TestService } from '../../testkit/running-service.ts';

let it: TestService;
let document: {
  paths: Record<
    string,
    Record<string, { 'x-access': string; parameters: { in: string; name: string; required: boolean }[] }>
  >;
};
const tokens: Record<string, string> = {};

beforeAll(async () => {
  it = await runningService();
  document = (await (await fetch(`${it.service.url}/api/openapi.json`)).json()) as typeof document;
  for (const role of ['viewer', 'analyst', 'approver', 'administrator'])
    tokens[role] = (
      await it.call<{ secret: string }>('POST', '/organizations/ward/tokens', { name: role, role })
    ).body.secret;
  await it.call('POST', '/organizations', { name: 'Other', slug: 'other', zone: 'UTC' });
  tokens.other = (
    await it.call<{ secret: string }>('POST', '/organizations/other/tokens', { name: 'other', role: 'administrator' })
  ).body.secret;
  tokens.narrow = (
    await it.call<{ secret: string }>('POST', '/organizations/ward/tokens', {
      name: 'narrow',
      role: 'administrator',
      scopes: ['findings:read'],
    })
  ).body.secret;
  tokens.ingest = (await it.source('probe', 'ndjson')).token;
  const revoked = (
    await it.call<{ secret: string; id: string }>('POST', '/organizations/ward/tokens', {
      name: 'revoked',
      role: 'administrator',
    })
  ).body;
  await it.call('DELETE', `/organizations/ward/tokens/${revoked.id}`);
  tokens.revoked = revoked.secret;
  tokens.expired = (
    await it.call<{ secret: string }>('POST', '/organizations/ward/tokens', {
      name: 'expired',
      role: 'administrator',
      expires_at: new Date(Date.now() - 1000).toISOString(),
    })
  ).body.secret;
});
afterAll(() => it?.close());

interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: string;
}

function all(): Route[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      access: operation['x-access'],
    })),
  );
}

/** So many requests are held back by the rate limit, as they should be. */
async function patient(url: string, init: RequestInit): Promise<Response> {
  for (;;) {
    const response = await fetch(url, init);
    if (response.status !== 429) return response;
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function status(route: Route, token: string | undefined): Promise<number> {
  const path = route.path.replace('{organization}', 'ward').replace(/\{\w+\}/g, randomUUID());
  const response = await patient(`${it.service.url}${path}`, {
    method: route.method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: '{}' }),
  });
  await response.body?.cancel();
  return response.status;
}

/** What each role may; written out a second time, so that a slip in the first is seen. */
const VIEWER = [
  'organization:read',
  'sources:read',
  'rules:read',
  'indicators:read',
  'exceptions:read',
  'findings:read',
  'events:read',
  'registry:read',
  'live:read',
];
const ANALYST = [...VIEWER, 'rules:write', 'indicators:write', 'exceptions:write', 'uploads:write'];
const APPROVER = [...ANALYST, 'audit:read', 'users:read'];
const MAY: Record<string, (access: string) => boolean> = {
  viewer: (access) => VIEWER.includes(access),
  analyst: (access) => ANALYST.includes(access),
  approver: (access) => APPROVER.includes(access),
  administrator: () => true,
};

test('every route says who may call it', () => {
  expect(all().length).toBeGreaterThan(60);
  for (const { method, path, access } of all())
    expect([method, path, access]).toEqual([
      method,
      path,
      expect.stringMatching(/^(public|half|session|installation|[a-z]+:(read|write))$/),
    ]);
});

test('nobody gets in without a session or a token that holds', async () => {
  for (const route of all().filter(({ access }) => access !== 'public'))
    for (const who of [undefined, 'ingest', 'revoked', 'expired', 'made up'])
      expect([
        route.method,
        route.path,
        who,
        await status(route, who === undefined ? undefined : (tokens[who] ?? 'chp_madeup')),
      ]).toEqual([route.method, route.path, who, 401]);
}, 120_000);

test('another organisation’s token sees nothing of this one, not even that it is there', async () => {
  for (const route of all().filter(({ path }) => path.includes('{organization}')))
    expect([route.method, route.path, await status(route, tokens.other)]).toEqual([route.method, route.path, 404]);
}, 60_000);

test('each role may what it may and no more', async () => {
  for (const route of all().filter(
    ({ path, access }) => path.includes('{organization}') && !path.endsWith('/live') && access.includes(':'),
  )) {
    for (const role of ['viewer', 'analyst', 'approver', 'administrator']) {
      const found = await status(route, tokens[role]);
      if (MAY[role](route.access))
        expect([route.method, route.path, role, found === 403 || found === 401]).toEqual([
          route.method,
          route.path,
          role,
          false,
        ]);
      else expect([route.method, route.path, role, found]).toEqual([route.method, route.path, role, 403]);
      expect(found).not.toBe(500);
    }
    if (route.access !== 'findings:read')
      expect([route.path, await status(route, tokens.narrow)]).toEqual([route.path, 403]);
  }
}, 120_000);

test('what concerns the installation or a person is not for tokens', async () => {
  for (const route of all().filter(({ access }) => access === 'session' || access === 'installation'))
    expect([route.path, await status(route, tokens.administrator)]).toEqual([route.path, 403]);
});

test('a page of another site, or one without the session’s mark, can change nothing', async () => {
  const cookie = await patient(`${it.service.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    body: '{"email":"a","password":"b"}',
  });
  expect(cookie.status).toBe(403);
  expect(((await cookie.json()) as { code: string }).code).toBe('foreign_origin');
});

test('many requests from one place are held back, with the time to wait', async () => {
  let waited: string | null | undefined;
  for (let wave = 0; wave < 20 && waited === undefined; wave += 1) {
    const answers = await Promise.all(Array.from({ length: 300 }, () => fetch(`${it.service.url}/api/v1/setup`)));
    waited = answers.find(({ status: code }) => code === 429)?.headers.get('retry-after');
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
  }
  expect(Number(waited)).toBeGreaterThan(0);
});

test('the same request with the same key is done once', async () => {
  const send = (name: string) =>
    patient(`${it.service.url}/api/v1/organizations/ward/sources`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens.administrator}`,
        'idempotency-key': 'k1',
      },
      body: JSON.stringify({ name, kind: 'ndjson' }),
    });
  const [first, second] = [await (await send('once')).json(), await (await send('once')).json()] as { id: string }[];
  expect(second.id).toBe(first.id);
  expect((await send('other')).status).toBe(422);
});

test('a wrong password says nothing of the address', async () => {
  const codes: string[] = [];
  for (let i = 0; i < 8; i += 1) {
    const response = await patient(`${it.service.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: i % 2 ? 'anna@clinic.example' : 'nobody@clinic.example', password: 'wrong' }),
    });
    codes.push(((await response.json()) as { code: string }).code);
  }
  expect(new Set(codes.slice(0, 6))).toEqual(new Set(['sign_in_failed']));
});

test('links name the port that was really opened', async () => {
  const { body } = await it.call<{ link: string }>('POST', '/organizations/ward/users', {
    email: 'bea@clinic.example',
    name: 'Bea',
    role: 'viewer',
  });
  expect(body.link).toMatch(new RegExp(`^${it.service.url}/#/accept\\?token=`));
  expect(it.service.url).not.toMatch(/:0$/);
});

test('a page whose name was turned to this address is told nothing', async () => {
  const { port } = new URL(it.service.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`GET /api/v1/setup HTTP/1.1\r\nHost: evil.example:${port}\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  expect(answer).toContain('foreign_host');
});
