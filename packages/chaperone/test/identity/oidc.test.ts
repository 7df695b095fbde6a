import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addOidcProvider,
  finishOidc,
  invite,
  type NewOidcProvider,
  principalOfSession,
  startOidc,
} from '../../src/identity/index.ts';
import { type RunningOidcProvider, runOidcProvider } from '../../testkit/oidc/run-oidc-provider.ts';
import { type TestState, testState } from '../../testkit/storage/test-state.ts';
import { ADDRESS, CLIENT, installation } from './installation.ts';

const REDIRECT = 'https://chaperone.clinic.example/api/v1/session/oidc/callback';
let state: TestState;
let provider: RunningOidcProvider;

beforeAll(async () => {
  state = await testState();
  provider = await runOidcProvider(REDIRECT);
});
afterAll(async () => {
  provider.stop();
  await state.close();
});

/** Walks the provider's forms as a browser would. @returns where it sends the browser back to */
async function walk(start: string, login: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = start;
  let form: URLSearchParams | undefined;
  for (let steps = 0; steps < 12; steps += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    form = undefined;
    const to = answer.headers.get('location');
    if (to?.startsWith(REDIRECT)) return new URL(to);
    if (to !== null) {
      url = new URL(to, url).href;
      continue;
    }
    const page = await answer.text();
    url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? '', url).href;
    form = new URLSearchParams(
      page.includes('value="login"') ? { prompt: 'login', login, password: 'any' } : { prompt: 'consent' },
    );
  }
  throw new Error('the provider does not come to an end');
}

async function withProvider(more: Partial<NewOidcProvider> = {}) {
  const all = await installation(state);
  const { identity, store, organization, actor } = all;
  const wanted = {
    name: 'Clinic login',
    issuer: provider.issuer,
    client_id: provider.clientId,
    client_secret: provider.clientSecret,
    inside: true,
    ...more,
  };
  const id = await store.everywhere((tx) => addOidcProvider(identity, tx, organization, wanted, actor));
  const come = async (login: string) => {
    const { url, flow } = await startOidc(identity, id, REDIRECT);
    return finishOidc(identity, flow, await walk(url, login), CLIENT);
  };
  return { ...all, id, come };
}

test('somebody who was invited comes in by the provider', async () => {
  const { identity, store, organization, actor, come } = await withProvider();
  const wanted = { email: 'ben@clinic.example', name: 'Ben', role: 'analyst' as const };
  await store.everywhere((tx) => invite(identity, tx, organization, wanted, actor));
  const signed = await come('ben@clinic.example');
  expect(signed.state).toBe('signed_in');
  expect(await principalOfSession(identity, signed.secret)).toMatchObject({ memberships: [{ role: 'analyst' }] });
});

test('a newcomer gets the role that was set, or is refused with words', async () => {
  const open = await withProvider({ default_role: 'viewer' });
  const signed = await open.come('eve@clinic.example');
  expect(await principalOfSession(open.identity, signed.secret)).toMatchObject({ memberships: [{ role: 'viewer' }] });
  const shut = await withProvider();
  await expect(shut.come('eve@clinic.example')).rejects.toThrow('Nobody with the address eve@clinic.example');
});

test('an address that the provider has not verified is nobody’s', async () => {
  const { come } = await withProvider({ default_role: 'viewer' });
  await expect(come('new.eve@clinic.example')).rejects.toThrow('has not verified');
});

test('the provider of one organisation can not sign in who administers the installation', async () => {
  const { come } = await withProvider();
  await expect(come(ADDRESS)).rejects.toThrow('may not sign this account in');
});

test('an answer is worth nothing in another browser, twice, changed, or too late', async () => {
  const { identity, id, clock } = await withProvider({ default_role: 'viewer' });
  const mine = await startOidc(identity, id, REDIRECT);
  const other = await startOidc(identity, id, REDIRECT);
  const answer = await walk(mine.url, 'eve@clinic.example');
  const refused = { code: 'sign_in_failed' };
  await expect(finishOidc(identity, other.flow, answer, CLIENT)).rejects.toMatchObject(refused);
  await expect(finishOidc(identity, 'v1.rubbish', answer, CLIENT)).rejects.toMatchObject(refused);
  expect((await finishOidc(identity, mine.flow, answer, CLIENT)).state).toBe('signed_in');
  await expect(finishOidc(identity, mine.flow, answer, CLIENT)).rejects.toMatchObject(refused);
  const slow = await startOidc(identity, id, REDIRECT);
  const late = await walk(slow.url, 'eve@clinic.example');
  clock.now += 600_001;
  await expect(finishOidc(identity, slow.flow, late, CLIENT)).rejects.toMatchObject(refused);
});

test('plain HTTP is for providers on this machine alone', async () => {
  const { identity, id, raw } = await withProvider();
  await raw(`update oidc_provider set issuer = 'http://login.clinic.example'`);
  await expect(startOidc(identity, id, REDIRECT)).rejects.toMatchObject({ code: 'sign_in_failed' });
});

test('a provider that an administrator of one organisation added is not asked inside a network, whatever its name is', async () => {
  const { id, identity } = await withProvider({ inside: false });
  await expect(startOidc(identity, id, REDIRECT)).rejects.toMatchObject({
    code: 'sign_in_failed',
    message: expect.stringContaining('inside a network'),
  });
});
