import type { Tx } from '../storage/index.ts';
import type { Actor } from './audit.ts';
import { audit } from './audit.ts';
import { useRecoveryCode, useTotp } from './factors.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { networkOf } from './network-of.ts';
import { rightPassword } from './password.ts';
import { beginSession, type Client, confirmedFactors, endSession, membershipsOf, type NewSession } from './sessions.ts';

/** What a sign-in has come to. */
export interface SignedIn extends NewSession {
  readonly state: 'second_factor_required' | 'signed_in';
}

const WRONG = () =>
  new IdentityError(
    'sign_in_failed',
    'Address or password is wrong.',
    'Try again, or ask an administrator for a new password link.',
  );

/**
 * Signs somebody in by address and password. With a second factor the session is a half one that can do nothing but give it. What is wrong is
 * never said, and takes as long for an address that isn't known.
 *
 * @throws IdentityError `sign_in_failed`, `too_many_tries`
 */
export async function signIn(identity: Identity, email: string, password: string, client: Client): Promise<SignedIn> {
  const { state, vault, throttle } = identity;
  const name = email.trim().toLowerCase();
  throttle.check(name, client.ip);
  const user = await state.everywhere((tx) =>
    tx.selectFrom('app_user').selectAll().where('email', '=', name).executeTakeFirst(),
  );
  const right = await rightPassword(password, user?.disabled_at === null ? user.password_hash : undefined, {
    network: networkOf(client.ip),
    known: throttle.knows(name, client.ip),
  });
  if (!right || user === undefined) {
    throttle.failed(name, client.ip);
    await state.everywhere((tx) =>
      audit(tx, vault, null, {
        actor: { kind: 'anonymous', id: user?.id ?? null, name: name.slice(0, 320), ip: client.ip },
        action: 'session.sign_in',
        outcome: 'failure',
        detail: { by: 'pass phrase' },
      }),
    );
    throw WRONG();
  }
  throttle.succeeded(name, client.ip);
  return state.everywhere((tx) => enter(identity, tx, user, 'pass phrase', client, false));
}

/** Begins the session of somebody who was recognised: a half one where a second factor is still to come, unless `whole`. */
export async function enter(
  identity: Identity,
  tx: Tx,
  user: { readonly id: string; readonly name: string; readonly email: string },
  by: string,
  client: Client,
  whole: boolean,
): Promise<SignedIn> {
  const second = !whole && (await confirmedFactors(tx, user.id)) > 0;
  const session = await beginSession(identity, tx, user.id, second ? 'password' : 'full', client);
  if (!second) {
    await tx
      .updateTable('app_user')
      .set({ last_sign_in_at: new Date(identity.now()) })
      .where('id', '=', user.id)
      .execute();
    await said(identity, tx, actorOf(user, client), by, user.id);
  }
  return { ...session, state: second ? 'second_factor_required' : 'signed_in' };
}

/** The second step: a code of the authenticator, or a recovery code. The half session ends and a whole one begins. */
export async function giveCode(
  identity: Identity,
  half: string,
  user: { id: string; name: string; email: string | null },
  code: string,
  client: Client,
): Promise<SignedIn> {
  const { state, vault, throttle, now } = identity;
  const key = `code/${user.id}`;
  throttle.check(key, client.ip);
  const clean = code.replace(/[\s-]/g, '');
  const result = await state.everywhere(async (tx) => {
    const by = (await useTotp(identity, tx, user.id, clean))
      ? 'one-time code'
      : (await useRecoveryCode(tx, user.id, clean))
        ? 'recovery code'
        : undefined;
    if (by === undefined) {
      await audit(tx, vault, null, {
        actor: actorOf(user, client),
        action: 'session.second_factor',
        outcome: 'failure',
      });
      return undefined;
    }
    await endSession(tx, half);
    const session = await beginSession(identity, tx, user.id, 'full', client);
    await tx
      .updateTable('app_user')
      .set({ last_sign_in_at: new Date(now()) })
      .where('id', '=', user.id)
      .execute();
    await said(identity, tx, actorOf(user, client), by, user.id);
    return { ...session, state: 'signed_in' as const };
  });
  if (result === undefined) {
    throttle.failed(key, client.ip);
    throw new IdentityError(
      'code_wrong',
      'The code is wrong or was used already.',
      'Wait for the next one. Is the clock of your phone right?',
    );
  }
  throttle.succeeded(key, client.ip);
  return result;
}

/** Tells the trail of the installation and of each organisation that somebody came in. */
async function said(
  identity: Identity,
  tx: Parameters<typeof audit>[0],
  actor: Actor,
  by: string,
  user: string,
): Promise<void> {
  await audit(tx, identity.vault, null, { actor, action: 'session.sign_in', detail: { by } });
  for (const { organization } of await membershipsOf(tx, user))
    await audit(tx, identity.vault, organization, { actor, action: 'session.sign_in', detail: { by } });
}

export function actorOf(
  user: { readonly id: string; readonly name: string; readonly email: string | null },
  client: Pick<Client, 'ip'>,
): Actor {
  return { kind: 'user', id: user.id, name: user.email ?? user.name, ip: client.ip };
}
