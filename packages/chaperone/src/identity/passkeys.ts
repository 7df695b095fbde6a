import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { sql } from 'kysely';
import type { Tx } from '../storage/index.ts';
import { type Actor, audit } from './audit.ts';
import { auditPerson } from './factors.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { type Client, endOtherSessions, endSession } from './sessions.ts';
import { enter, type SignedIn } from './sign-in.ts';
import { uuid7 } from './uuid.ts';

/** What passkeys are bound to: origin of the console, e.g. `https://chaperone.clinic.example`. */
export type Origin = string;

interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly session: string | null;
}

const REFUSED = () =>
  new IdentityError(
    'code_wrong',
    'The passkey was not accepted.',
    'Try again. Passkeys work only under the address that they were made for.',
  );

/** What the browser needs for making a passkey. */
export async function offerPasskey(identity: Identity, tx: Tx, person: Person, origin: Origin) {
  const known = await tx
    .selectFrom('user_factor')
    .select('data')
    .where('user_id', '=', person.id)
    .where('kind', '=', 'passkey')
    .execute();
  return generateRegistrationOptions({
    rpName: 'Chaperone',
    rpID: new URL(origin).hostname,
    userID: Uint8Array.from(Buffer.from(person.id)),
    userName: person.email ?? person.name,
    userDisplayName: person.name,
    challenge: identity.challenges.issue(`add/${person.session}`),
    excludeCredentials: known.map(({ data }) => ({ id: String(data.credential) })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** Keeps a passkey that the browser made; other sessions end. @throws IdentityError `code_wrong` */
export async function addPasskey(
  identity: Identity,
  tx: Tx,
  person: Person,
  made: { readonly label: string; readonly response: unknown; readonly origin: Origin },
  actor: Actor,
): Promise<string> {
  const { challenges, now } = identity;
  const response = made.response as RegistrationResponseJSON;
  let challenge = '';
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: (given) => {
      challenge = given;
      return challenges.fits(`add/${person.session}`, given);
    },
    expectedOrigin: made.origin,
    expectedRPID: new URL(made.origin).hostname,
    requireUserVerification: true,
  }).catch(() => undefined);
  if (verified?.verified !== true || !challenges.spend(challenge)) throw REFUSED();
  const { id: credential, publicKey, counter } = verified.registrationInfo.credential;
  if ((await passkey(tx, credential)) !== undefined) throw REFUSED();
  const id = uuid7(now());
  await tx
    .insertInto('user_factor')
    .values({
      id,
      user_id: person.id,
      kind: 'passkey',
      label: made.label.slice(0, 80),
      data: JSON.stringify({ credential, key: Buffer.from(publicKey).toString('base64url'), counter }),
      confirmed_at: new Date(now()),
    })
    .execute();
  await endOtherSessions(identity, tx, person.id, person.session);
  await auditPerson(identity, tx, person.id, actor, 'factor.add', { factor: 'passkey' });
  return id;
}

/** What the browser needs for signing in by any passkey that it has for us. */
export function askPasskey({ challenges }: Identity, origin: Origin) {
  return generateAuthenticationOptions({
    rpID: new URL(origin).hostname,
    challenge: challenges.issue('sign-in'),
    userVerification: 'required',
  });
}

/**
 * Signs in by a passkey, which is both factors at once: the device, and the finger or PIN that it asked for. `half` is the session that a
 * password began, if there is one; it ends.
 *
 * @throws IdentityError `code_wrong`, `too_many_tries`
 */
export async function signInByPasskey(
  identity: Identity,
  given: unknown,
  origin: Origin,
  half: { readonly id: string; readonly session: string | null } | undefined,
  client: Client,
): Promise<SignedIn> {
  const { state, vault, throttle } = identity;
  const key = `passkey/${client.ip}`;
  throttle.check(key, client.ip);
  const response = given as AuthenticationResponseJSON;
  const signed = await state.everywhere(async (tx) => {
    const factor = await passkey(tx, String(response.id));
    const user = factor && (await personOf(tx, factor.user_id));
    if (factor === undefined || user === undefined || (half !== undefined && half.id !== user.id)) return undefined;
    const counter = await verify(identity, response, origin, factor.data);
    if (counter === undefined) return undefined;
    await tx
      .updateTable('user_factor')
      .set({ last_used_at: new Date(identity.now()), data: JSON.stringify({ ...factor.data, counter }) })
      .where('id', '=', factor.id)
      .execute();
    if (half?.session != null) await endSession(tx, half.session);
    return enter(identity, tx, user, 'passkey', client, true);
  });
  if (signed !== undefined) {
    throttle.succeeded(key, client.ip);
    return signed;
  }
  throttle.failed(key, client.ip);
  await state.everywhere((tx) =>
    audit(tx, vault, null, {
      actor: { kind: 'anonymous', id: half?.id ?? null, name: 'passkey', ip: client.ip },
      action: 'session.sign_in',
      outcome: 'failure',
      detail: { by: 'passkey' },
    }),
  );
  throw REFUSED();
}

/** @returns the authenticator's counter; undefined: the answer is not right */
async function verify(
  { challenges }: Identity,
  response: AuthenticationResponseJSON,
  origin: Origin,
  data: Record<string, unknown>,
): Promise<number | undefined> {
  let challenge = '';
  const verified = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (given) => {
      challenge = given;
      return challenges.fits('sign-in', given);
    },
    expectedOrigin: origin,
    expectedRPID: new URL(origin).hostname,
    requireUserVerification: true,
    credential: {
      id: String(data.credential),
      publicKey: Uint8Array.from(Buffer.from(String(data.key), 'base64url')),
      counter: Number(data.counter),
    },
  }).catch(() => undefined);
  if (verified?.verified !== true || !challenges.spend(challenge)) return undefined;
  return verified.authenticationInfo.newCounter;
}

function passkey(tx: Tx, credential: string) {
  return tx
    .selectFrom('user_factor')
    .select(['id', 'user_id', 'data'])
    .where('kind', '=', 'passkey')
    .where(sql<string>`data->>'credential'`, '=', credential)
    .forUpdate()
    .executeTakeFirst();
}

function personOf(tx: Tx, id: string) {
  return tx
    .selectFrom('app_user')
    .select(['id', 'name', 'email'])
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
}
