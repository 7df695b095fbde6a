import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addPasskey,
  askPasskey,
  offerPasskey,
  principalOfSession,
  signIn,
  signInByPasskey,
} from '../../src/identity/index.ts';
import { type TestState, testState } from '../../testkit/storage/test-state.ts';
import { ADDRESS, CLIENT, installation, PHRASE } from './installation.ts';

let state: TestState;
beforeAll(async () => {
  state = await testState();
});
afterAll(() => state.close());

const ORIGIN = 'https://chaperone.clinic.example';
const sha = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest();

/** An authenticator in software: makes and answers as WebAuthn has it, with a real key. */
function authenticator(rpId = 'chaperone.clinic.example') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  let counter = 0;
  const head = (flags: number) => {
    counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha(rpId), Buffer.from([flags]), count]);
  };
  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const frame = {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
  };
  return {
    make(challenge: string, origin = ORIGIN) {
      const cose = new Map<number, number | Uint8Array<ArrayBuffer>>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
        [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
      ]);
      const data = Buffer.concat([head(0x45), Buffer.alloc(16), Buffer.from([0, 32]), id, isoCBOR.encode(cose)]);
      const attestation = new Map<string, string | Map<string, string> | Uint8Array<ArrayBuffer>>([
        ['fmt', 'none'],
        ['attStmt', new Map<string, string>()],
        ['authData', Uint8Array.from(data)],
      ]);
      const attestationObject = Buffer.from(isoCBOR.encode(attestation)).toString('base64url');
      const clientDataJSON = clientData('webauthn.create', challenge, origin).toString('base64url');
      return { ...frame, response: { attestationObject, clientDataJSON } };
    },
    answer(challenge: string, { origin = ORIGIN, flags = 0x05 } = {}) {
      const data = head(flags);
      const said = clientData('webauthn.get', challenge, origin);
      const signature = sign('sha256', Buffer.concat([data, sha(said)]), privateKey).toString('base64url');
      return {
        ...frame,
        response: {
          authenticatorData: data.toString('base64url'),
          clientDataJSON: said.toString('base64url'),
          signature,
        },
      };
    },
  };
}

async function enrolled() {
  const all = await installation(state);
  const { identity, store, session, user, actor } = all;
  const own = (await principalOfSession(identity, session.secret))?.session ?? '';
  const person = { ...user, name: 'Ada Meyer', session: own };
  const device = authenticator();
  const { challenge } = await store.everywhere((tx) => offerPasskey(identity, tx, person, ORIGIN));
  const made = { label: 'Key', response: device.make(challenge), origin: ORIGIN };
  const add = (given = made) => store.everywhere((tx) => addPasskey(identity, tx, person, given, actor));
  await add();
  const ask = async () => (await askPasskey(identity, ORIGIN)).challenge;
  const come = (response: unknown, half?: { id: string; session: string | null }) =>
    signInByPasskey(identity, response, ORIGIN, half, CLIENT);
  return { ...all, device, add, ask, come, person };
}

const REFUSED = { code: 'code_wrong' };

test('a passkey signs in alone, once for each challenge', async () => {
  const { identity, device, ask, come } = await enrolled();
  const answer = device.answer(await ask());
  const signed = await come(answer);
  expect(signed.state).toBe('signed_in');
  expect(await principalOfSession(identity, signed.secret)).toMatchObject({ state: 'full', email: ADDRESS });
  await expect(come(answer)).rejects.toMatchObject(REFUSED);
});

test('a passkey is the second factor after a password, for the same person only', async () => {
  const { identity, device, ask, come } = await enrolled();
  const half = await signIn(identity, ADDRESS, PHRASE, CLIENT);
  expect(half.state).toBe('second_factor_required');
  const principal = await principalOfSession(identity, half.secret);
  await expect(
    come(device.answer(await ask()), { id: '00000000-0000-7000-8000-000000000000', session: null }),
  ).rejects.toMatchObject(REFUSED);
  await come(device.answer(await ask()), { id: principal?.id ?? '', session: principal?.session ?? '' });
  expect(await principalOfSession(identity, half.secret)).toBeUndefined();
});

test('another site, a foreign or old challenge, no finger or PIN, a stranger and rubbish are refused', async () => {
  const { device, ask, come, clock } = await enrolled();
  const refused = async (response: unknown) => {
    await expect(come(response)).rejects.toMatchObject(REFUSED);
    clock.now += 301_000;
  };
  await refused(device.answer(await ask(), { origin: 'https://chaperone.evil.example' }));
  await refused(device.answer(randomBytes(54).toString('base64url')));
  await refused(device.answer(await ask(), { flags: 0x01 }));
  await refused(authenticator().answer(await ask()));
  await refused({});
  await refused({
    ...device.answer(await ask()),
    response: { authenticatorData: 'AA', clientDataJSON: 'e30', signature: '' },
  });
  const late = await ask();
  clock.now += 300_001;
  await refused(device.answer(late));
});

test('what was made in one session or for another site is not kept', async () => {
  const { identity, store, person, actor, add } = await enrolled();
  const { challenge } = await store.everywhere((tx) =>
    offerPasskey(identity, tx, { ...person, session: 'other' }, ORIGIN),
  );
  await expect(add({ label: 'x', response: authenticator().make(challenge), origin: ORIGIN })).rejects.toMatchObject(
    REFUSED,
  );
  const own = await store.everywhere((tx) => offerPasskey(identity, tx, person, ORIGIN));
  await expect(
    add({ label: 'x', response: authenticator().make(own.challenge, 'https://evil.example'), origin: ORIGIN }),
  ).rejects.toMatchObject(REFUSED);
  expect(actor.kind).toBe('user');
});
