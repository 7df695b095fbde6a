import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Actor,
  acceptLink,
  changePassword,
  changeRole,
  completeSetup,
  confirmTotp,
  createIdentity,
  createOrganization,
  createToken,
  giveCode,
  invite,
  issueReset,
  issueSetupToken,
  newRecoveryCodes,
  offerTotp,
  principalOfSession,
  principalOfToken,
  readAudit,
  recallTries,
  removeFactor,
  removeMember,
  revokeToken,
  signIn,
  verifyChain,
} from '../../src/identity/index.ts';
import { type TestState, testState } from '../../testkit/storage/test-state.ts';
import { ADDRESS, CLIENT, installation, PHRASE } from './installation.ts';

let state: TestState;
beforeAll(async () => {
  state = await testState();
});
afterAll(() => state.close());

const code = (secret: string, at: number) =>
  new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 }).generate({ timestamp: at });

async function withTotp() {
  const all = await installation(state);
  const { identity, store, user, actor, clock } = all;
  const offered = await store.everywhere((tx) => offerTotp(identity, tx, user, 'Phone'));
  await store.everywhere((tx) =>
    confirmTotp(identity, tx, { ...user, session: null }, code(offered.secret, clock.now), actor),
  );
  return { ...all, secret: offered.secret, factor: offered.id };
}

async function half(all: Awaited<ReturnType<typeof withTotp>>) {
  const signed = await signIn(all.identity, ADDRESS, PHRASE, CLIENT);
  expect(signed.state).toBe('second_factor_required');
  const principal = await principalOfSession(all.identity, signed.secret);
  expect(principal).toMatchObject({ state: 'password', memberships: [] });
  return principal?.session ?? '';
}

test('the set-up is done once; its token is worth nothing after', async () => {
  const { identity } = await installation(state);
  expect(await issueSetupToken(identity)).toBeUndefined();
  const again = { token: 'x', email: 'b@clinic.example', name: 'B', password: PHRASE };
  const organization = { name: 'B', slug: 'b', zone: 'UTC', side: 'client' as const };
  await expect(completeSetup(identity, { ...again, organization }, CLIENT)).rejects.toMatchObject({
    code: 'token_void',
  });
});

test('a wrong password and an unknown address get the same answer, and the right one comes in', async () => {
  const { identity, store } = await installation(state);
  const wrong = await signIn(identity, ADDRESS, 'not this one, surely', CLIENT).catch((error) => error);
  const unknown = await signIn(identity, 'nobody@clinic.example', PHRASE, CLIENT).catch((error) => error);
  expect([wrong.code, wrong.message]).toEqual([unknown.code, unknown.message]);
  const signed = await signIn(identity, ` ${ADDRESS.toUpperCase()} `, PHRASE, CLIENT);
  expect(signed.state).toBe('signed_in');
  expect(JSON.stringify(await store.everywhere((tx) => tx.selectFrom('session').selectAll().execute()))).not.toContain(
    signed.secret,
  );
  const trail = await store.everywhere((tx) => readAudit(tx, null, undefined, 10));
  expect(trail.slice(0, 3).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'session.sign_in success',
    'session.sign_in failure',
    'session.sign_in failure',
  ]);
});

test('guessing is slowed down for one address, while the administrator comes in from another', async () => {
  const { identity, clock } = await installation(state);
  const guess = () => signIn(identity, ADDRESS, 'a wrong guess again', CLIENT).catch((error) => error);
  for (let i = 0; i < 5; i += 1) expect((await guess()).code).toBe('sign_in_failed');
  const stopped = await guess();
  expect(stopped).toMatchObject({ code: 'too_many_tries', retryAfter: expect.any(Number) });
  expect((await signIn(identity, ADDRESS, PHRASE, { ...CLIENT, ip: '198.51.100.9' })).state).toBe('signed_in');
  clock.now += 300_000;
  expect((await signIn(identity, ADDRESS, PHRASE, CLIENT)).state).toBe('signed_in');
});

test('guessing from many addresses slows down new ones, and never where the account came in from before', async () => {
  const { identity } = await installation(state);
  await signIn(identity, ADDRESS, PHRASE, CLIENT);
  const from = (i: number) => ({ ip: `10.1.0.${i}`, agent: '' });
  for (let i = 0; i < 51; i += 1)
    await expect(signIn(identity, ADDRESS, 'a wrong guess again', from(i))).rejects.toBeDefined();
  await expect(signIn(identity, ADDRESS, PHRASE, from(99))).rejects.toMatchObject({ code: 'too_many_tries' });
  expect((await signIn(identity, ADDRESS, PHRASE, CLIENT)).state).toBe('signed_in');
});

test('a flood of sign-ins is turned away before it takes the processor', async () => {
  const { identity } = await installation(state);
  const codes = await Promise.all(
    Array.from({ length: 120 }, (_, i) =>
      signIn(identity, `u${i}@clinic.example`, 'whatever it may be', { ip: `10.0.0.${i}`, agent: '' }).catch(
        (error) => error.code,
      ),
    ),
  );
  expect(codes.filter((one) => one === 'too_many_tries').length).toBeGreaterThan(50);
  expect(codes.filter((one) => one === 'sign_in_failed').length).toBeGreaterThan(0);
});

test('guessing many accounts from one network is slowed down before a password is computed; who came in from there is not', async () => {
  const { identity } = await installation(state);
  await signIn(identity, ADDRESS, PHRASE, CLIENT);
  const guess = (i: number, ip: string) =>
    signIn(identity, `u${i}@clinic.example`, 'whatever it may be', { ip, agent: '' }).catch((error) => error.code);
  for (let i = 0; i < 20; i += 1) expect(await guess(i, CLIENT.ip)).toBe('sign_in_failed');
  expect(await guess(20, CLIENT.ip)).toBe('too_many_tries');
  expect(await guess(21, '198.51.100.1')).toBe('sign_in_failed');
  expect((await signIn(identity, ADDRESS, PHRASE, CLIENT)).state).toBe('signed_in');
});

test('a restart gives a guesser no new tries, and makes nobody a stranger', async () => {
  const { identity, store, clock } = await installation(state);
  await signIn(identity, ADDRESS, PHRASE, CLIENT);
  const elsewhere = { ip: '198.51.100.9', agent: '' };
  for (let i = 0; i < 5; i += 1) await signIn(identity, ADDRESS, 'a wrong guess', elsewhere).catch(() => {});
  clock.now = Date.now();
  const anew = createIdentity(store, identity.vault, () => clock.now);
  await recallTries(anew);
  await expect(signIn(anew, ADDRESS, PHRASE, elsewhere)).rejects.toMatchObject({ code: 'too_many_tries' });
  expect(anew.throttle.knows(ADDRESS, CLIENT.ip)).toBe(true);
  clock.now += 300_000;
  expect((await signIn(anew, ADDRESS, PHRASE, elsewhere)).state).toBe('signed_in');
});

test('in a flood of strangers who is known comes first', async () => {
  const { identity } = await installation(state);
  await signIn(identity, ADDRESS, PHRASE, CLIENT);
  let done = 0;
  const flood = Array.from({ length: 40 }, (_, i) =>
    signIn(identity, `u${i}@clinic.example`, 'whatever it may be', { ip: `10.0.0.${i}`, agent: '' }).catch(() => {
      done += 1;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = done;
  await signIn(identity, ADDRESS, PHRASE, CLIENT);
  expect(done - before).toBeLessThan(10);
  expect(done).toBeLessThan(40);
  await Promise.all(flood);
});

test('a session ends after half an hour without use and after twelve hours with it', async () => {
  const { identity, clock, session } = await installation(state);
  clock.now += 29 * 60_000;
  expect(await principalOfSession(identity, session.secret)).toBeDefined();
  for (let i = 0; i < 23; i += 1) {
    clock.now += 29 * 60_000;
    expect(await principalOfSession(identity, session.secret)).toBeDefined();
  }
  clock.now += 25 * 60_000;
  expect(await principalOfSession(identity, session.secret)).toBeUndefined();
  const { secret } = await signIn(identity, ADDRESS, PHRASE, CLIENT);
  clock.now += 31 * 60_000;
  expect(await principalOfSession(identity, secret)).toBeUndefined();
});

test('each one-time code works once, a step early or late, and no further', async () => {
  const all = await withTotp();
  const { identity, clock, secret, user } = all;
  const who = { ...user, name: 'Ada Meyer' };
  const give = async (text: string) => giveCode(identity, await half(all), who, text, CLIENT);
  await expect(give(code(secret, clock.now))).rejects.toMatchObject({ code: 'code_wrong' });
  clock.now += 120_000;
  expect((await give(code(secret, clock.now - 30_000))).state).toBe('signed_in');
  expect((await give(code(secret, clock.now))).state).toBe('signed_in');
  await expect(give(code(secret, clock.now))).rejects.toMatchObject({ code: 'code_wrong' });
  await expect(give(code(secret, clock.now + 90_000))).rejects.toMatchObject({ code: 'code_wrong' });
});

test('the session before the second factor is worth nothing after it', async () => {
  const all = await withTotp();
  all.clock.now += 60_000;
  const signed = await signIn(all.identity, ADDRESS, PHRASE, CLIENT);
  const session = (await principalOfSession(all.identity, signed.secret))?.session ?? '';
  const whole = await giveCode(
    all.identity,
    session,
    { ...all.user, name: 'Ada' },
    code(all.secret, all.clock.now),
    CLIENT,
  );
  expect(await principalOfSession(all.identity, signed.secret)).toBeUndefined();
  expect(await principalOfSession(all.identity, whole.secret)).toMatchObject({ state: 'full', secondFactor: true });
});

test('a recovery code works once, and new ones void the old', async () => {
  const all = await withTotp();
  const { identity, store, user, actor } = all;
  const make = () => store.everywhere((tx) => newRecoveryCodes(identity, tx, user.id, actor));
  const [first, second] = await make();
  const give = async (text: string) =>
    giveCode(identity, await half(all), { ...user, name: 'Ada' }, text.toUpperCase(), CLIENT);
  expect((await give(first)).state).toBe('signed_in');
  await expect(give(first)).rejects.toMatchObject({ code: 'code_wrong' });
  await make();
  await expect(give(second)).rejects.toMatchObject({ code: 'code_wrong' });
});

test('an administrator keeps the last second factor', async () => {
  const { identity, store, user, actor, factor } = await withTotp();
  await expect(store.everywhere((tx) => removeFactor(identity, tx, user.id, factor, actor))).rejects.toMatchObject({
    code: 'factor_needed',
  });
});

test('an invitation works once and for seven days; weak passwords are refused', async () => {
  const { identity, store, organization, actor, clock } = await installation(state);
  const wanted = { email: 'Ben@clinic.example', name: 'Benedikt Sommer', role: 'analyst' as const };
  const { secret } = await store.everywhere((tx) => invite(identity, tx, organization, wanted, actor));
  const accept = (phrase: string) => acceptLink(identity, secret ?? '', phrase, CLIENT);
  for (const weak of ['short', 'password12345', 'aaaaaaaaaaaaaaa', 'BenediktSommer1'])
    await expect(accept(weak)).rejects.toMatchObject({ code: 'password_weak' });
  await accept('seven boats on a river');
  await expect(accept('seven boats on a river')).rejects.toMatchObject({ code: 'token_void' });
  const { secret: session } = await signIn(identity, 'ben@clinic.example', 'seven boats on a river', CLIENT);
  expect((await principalOfSession(identity, session))?.memberships).toMatchObject([{ role: 'analyst' }]);
  const late = await store.everywhere((tx) =>
    invite(identity, tx, organization, { ...wanted, email: 'eve@clinic.example' }, actor),
  );
  clock.now += 8 * 86_400_000;
  await expect(acceptLink(identity, late.secret ?? '', 'seven boats on a river', CLIENT)).rejects.toMatchObject({
    code: 'token_void',
  });
});

test('a new password ends the other sessions; a reset link ends all', async () => {
  const { identity, store, session, user, actor } = await installation(state);
  const other = await signIn(identity, ADDRESS, PHRASE, CLIENT);
  const own = (await principalOfSession(identity, session.secret))?.session ?? '';
  const who = { ...user, name: 'Ada Meyer', session: own };
  await expect(changePassword(identity, who, 'not the old one', 'nine wild geese fly', actor)).rejects.toMatchObject({
    code: 'password_wrong',
  });
  await changePassword(identity, who, PHRASE, 'nine wild geese fly', actor);
  expect(await principalOfSession(identity, other.secret)).toBeUndefined();
  expect(await principalOfSession(identity, session.secret)).toBeDefined();
  const link = await store.everywhere((tx) => issueReset(identity, tx, user.id, actor));
  await acceptLink(identity, link, 'ten old oaks by a mill', CLIENT);
  expect(await principalOfSession(identity, session.secret)).toBeUndefined();
  expect((await signIn(identity, ADDRESS, 'ten old oaks by a mill', CLIENT)).state).toBe('signed_in');
});

test('the only administrator can neither be removed nor made less', async () => {
  const { identity, store, organization, user, actor } = await installation(state);
  await expect(
    store.everywhere((tx) => removeMember(identity, tx, organization, user.id, actor)),
  ).rejects.toMatchObject({ code: 'last_administrator' });
  await expect(
    store.everywhere((tx) => changeRole(identity, tx, organization, user.id, 'viewer', undefined, actor)),
  ).rejects.toMatchObject({ code: 'last_administrator' });
});

test('a token does no more than its maker may, and nothing once it is revoked or expired', async () => {
  const { identity, store, raw, organization, actor, clock } = await installation(state);
  const make = (role: 'viewer' | 'administrator', by: 'analyst' | 'administrator', expires?: Date) =>
    store.within(organization, (tx) =>
      createToken(
        tx,
        identity.vault,
        organization,
        { kind: 'api', name: 'export', role, expires },
        { actor, role: by },
      ),
    );
  await expect(make('administrator', 'analyst')).rejects.toMatchObject({ code: 'role_too_small' });
  const { id, secret } = await make('viewer', 'administrator');
  const who = () => principalOfToken(store, secret, clock.now);
  expect((await who())?.memberships).toMatchObject([{ organization, role: 'viewer' }]);
  expect(await principalOfToken(store, `${secret.slice(0, -1)}!`)).toBeUndefined();
  await store.within(organization, (tx) => revokeToken(tx, identity.vault, organization, id, actor));
  expect(await who()).toBeUndefined();
  const brief = await make('viewer', 'administrator', new Date(clock.now + 1000));
  expect(await principalOfToken(store, brief.secret, clock.now)).toBeDefined();
  expect(await principalOfToken(store, brief.secret, clock.now + 1001)).toBeUndefined();
  const full = await make('administrator', 'administrator');
  expect(await principalOfToken(store, full.secret, clock.now)).toBeDefined();
  await raw(`update membership set role = 'viewer'`);
  expect(await principalOfToken(store, full.secret, clock.now)).toBeUndefined();
  expect((await verifyChain(store, identity.vault, organization)).ok).toBe(true);
});

test('whoever administers one organisation gets no hold of an account that belongs to another', async () => {
  const { identity, store, organization, user, actor } = await installation(state);
  const make = async (email: string, role: 'administrator' | 'viewer') => {
    const { user: id, secret } = await store.everywhere((tx) =>
      invite(identity, tx, organization, { email, name: 'Somebody', role }, actor),
    );
    await acceptLink(identity, secret ?? '', 'seven boats on a river', CLIENT);
    return { id, actor: { kind: 'user', id, name: email, ip: null } as Actor };
  };
  const mallory = await make('mallory@clinic.example', 'administrator');
  const ben = await make('ben@clinic.example', 'viewer');
  const reset = (id: string, by: Actor) => store.everywhere((tx) => issueReset(identity, tx, id, by));
  expect(await reset(ben.id, mallory.actor)).toBeTruthy();
  await expect(reset(user.id, mallory.actor)).rejects.toMatchObject({ code: 'role_too_small' });
  const wanted = { name: 'Other', slug: 'other', zone: 'UTC', side: 'client' as const };
  const other = await store.everywhere((tx) => createOrganization(identity, tx, wanted, { id: user.id, actor }));
  const into = (email: string, to: string, by: Actor) =>
    store.everywhere((tx) => invite(identity, tx, to, { email, name: 'N', role: 'viewer' }, by));
  await into('ben@clinic.example', other, actor);
  await expect(reset(ben.id, mallory.actor)).rejects.toMatchObject({ code: 'role_too_small' });
  expect(await reset(ben.id, actor)).toBeTruthy();
  expect((await into('eve@clinic.example', other, actor)).secret).toBeDefined();
  expect((await into('eve@clinic.example', organization, mallory.actor)).secret).toBeUndefined();
});
