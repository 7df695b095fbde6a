import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiInstallation } from './installation.ts';

let given: Awaited<ReturnType<typeof apiInstallation>>;
beforeAll(async () => {
  given = await apiInstallation();
}, 60_000);
afterAll(() => given.close());

const PROXY = '198.51.100.7';
const ask = async (headers: Record<string, string>, env: { address: string; local?: string }, path = '/healthz') => {
  const answer = await given.api.app.request(path, { headers }, env);
  const text = await answer.text();
  return { status: answer.status, text };
};

describe('the name that a request asks for', () => {
  it.each([
    'chaperone.clinic.example',
    'Chaperone.Clinic.Example:443',
    'chaperone.internal',
    'localhost:7780',
    '127.0.0.1:7780',
    '[::1]:7780',
    '192.0.2.80:7780',
    '[2001:db8::5]:7780',
  ])('%s is answered to', async (host) => {
    expect((await ask({ host }, { address: '192.0.2.1', local: '2001:db8::5' })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '192.0.2.81',
    '[2001:db8::6]',
    'chaperone.clinic.example.evil.example',
    '',
  ])('%s is not, on any path', async (host) => {
    for (const path of ['/', '/healthz', '/metrics', '/api/openapi.json', '/api/v1/setup', '/api/v1/session']) {
      const { status, text } = await ask({ host }, { address: '192.0.2.1', local: '2001:db8::5' }, path);
      expect([path, status]).toEqual([path, 421]);
      expect(JSON.parse(text)).toMatchObject({ code: 'foreign_host', mend: expect.stringContaining('http.hosts') });
    }
  });

  it('is what a trusted proxy says, and nobody else', async () => {
    const headers = {
      host: 'upstream',
      'x-forwarded-for': '203.0.113.5',
      'x-forwarded-host': 'chaperone.clinic.example',
    };
    expect((await ask(headers, { address: PROXY })).status).toBe(200);
    expect((await ask(headers, { address: '192.0.2.1' })).status).toBe(421);
  });
});

describe('the address of a caller', () => {
  /** The address that the trail has for a failed sign-in. */
  const seen = async (headers: Record<string, string>, address: string) => {
    const answer = await given.api.app.request(
      '/api/v1/session',
      {
        method: 'POST',
        headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ email: `${crypto.randomUUID()}@clinic.example`, password: 'wrong' }),
      },
      { address },
    );
    await answer.text();
    const { ip } = await given.store.everywhere((tx) =>
      tx
        .selectFrom('audit_record')
        .select('ip')
        .where('organization_id', 'is', null)
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirstOrThrow(),
    );
    return ip;
  };

  it.each([
    ['is the connection’s where no proxy is trusted', { 'x-forwarded-for': '203.0.113.5' }, '192.0.2.1', '192.0.2.1'],
    ['is what a trusted proxy says', { 'x-forwarded-for': '203.0.113.5' }, PROXY, '203.0.113.5'],
    ['is not what the client wrote before', { 'x-forwarded-for': '127.0.0.1, 203.0.113.5' }, PROXY, '203.0.113.5'],
    ['goes through several trusted ones', { 'x-forwarded-for': '203.0.113.5, 198.51.100.9' }, PROXY, '203.0.113.5'],
    ['is read without a port', { 'x-forwarded-for': '203.0.113.5:4711' }, PROXY, '203.0.113.5'],
    ['may stand in Forwarded', { forwarded: 'for="[2001:db8::9]:80";proto=https' }, PROXY, '2001:db8::9'],
    ['is the proxy’s where it says nothing sound', { 'x-forwarded-for': 'unknown' }, PROXY, PROXY],
    [
      'is the proxy’s where two headers contradict each other',
      { 'x-forwarded-for': '203.0.113.5', forwarded: 'for=127.0.0.1' },
      PROXY,
      PROXY,
    ],
  ])('%s', async (_, headers, address, expected) => {
    expect(await seen(headers as Record<string, string>, address)).toBe(expected);
  });
});

describe('metrics without a token', () => {
  it('are for this machine alone, and not for whom a proxy on it asks', async () => {
    const local = { host: '127.0.0.1:7780' };
    expect((await ask(local, { address: '127.0.0.1' }, '/metrics')).status).toBe(200);
    expect((await ask(local, { address: '192.0.2.1' }, '/metrics')).status).toBe(401);
    for (const header of ['x-forwarded-for', 'forwarded', 'via'])
      expect((await ask({ ...local, [header]: '203.0.113.5' }, { address: '127.0.0.1' }, '/metrics')).status).toBe(401);
    // A proxy that says nothing passes on the name that it was asked for.
    expect((await ask({ host: 'chaperone.clinic.example' }, { address: '127.0.0.1' }, '/metrics')).status).toBe(401);
    // One that is trusted is no way in, either: nobody is this machine by what a header says.
    expect((await ask({ ...local, 'x-forwarded-for': '127.0.0.1' }, { address: '::1' }, '/metrics')).status).toBe(401);
  });
});
