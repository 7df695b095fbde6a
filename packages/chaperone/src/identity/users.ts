import type { Role, Side, Tx } from '../storage/index.ts';
import { type Actor, audit } from './audit.ts';
import { auditPerson } from './factors.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { keepToOwnPeople, providerFor } from './members.ts';
import { checkPassword, hashPassword, rightPassword } from './password.ts';
import { digest, randomSecret } from './secrets.ts';
import { beginSession, type Client, endOtherSessions, type NewSession } from './sessions.ts';
import { uuid7 } from './uuid.ts';

const DAY = 86_400_000;
const VOID = () =>
  new IdentityError(
    'token_void',
    'This link was used already or is too old.',
    'Ask for a new one; a start of the service prints a new set-up link.',
  );

export interface NewOrganization {
  readonly name: string;
  readonly slug: string;
  readonly zone: string;
  readonly side: Side;
}

export function setupNeeded({ state }: Identity): Promise<boolean> {
  return state.everywhere(
    async (tx) => (await tx.selectFrom('app_user').select('id').limit(1).executeTakeFirst()) === undefined,
  );
}

/** A new one-time token for the set-up; older ones are void. Undefined: the set-up is done. */
export async function issueSetupToken(identity: Identity): Promise<string | undefined> {
  if (!(await setupNeeded(identity))) return undefined;
  const secret = randomSecret();
  await identity.state.everywhere(async (tx) => {
    await tx.deleteFrom('one_time_token').where('purpose', '=', 'setup').execute();
    await tx
      .insertInto('one_time_token')
      .values({ id: digest(secret), purpose: 'setup', expires_at: new Date(identity.now() + DAY) })
      .execute();
  });
  return secret;
}

/** Makes the first administrator and the first organisation, and signs the administrator in. */
export async function completeSetup(
  identity: Identity,
  asked: {
    readonly token: string;
    readonly email: string;
    readonly name: string;
    readonly password: string;
    readonly organization: NewOrganization;
  },
  client: Client,
): Promise<NewSession & { organization: string }> {
  const email = asked.email.trim().toLowerCase();
  checkPassword(asked.password, [asked.name, email, asked.organization.name]);
  await ensureToken(identity, asked.token, 'setup');
  const hash = await hashPassword(asked.password);
  const made = await identity.state.everywhere(async (tx) => {
    await takeToken(identity, tx, asked.token, 'setup');
    if ((await tx.selectFrom('app_user').select('id').limit(1).executeTakeFirst()) !== undefined)
      throw new IdentityError('setup_done', 'The set-up is done already.', 'Sign in.');
    const id = uuid7(identity.now());
    await tx
      .insertInto('app_user')
      .values({
        id,
        email,
        name: asked.name,
        password_hash: hash,
        installation_administrator: true,
        last_sign_in_at: new Date(identity.now()),
      })
      .execute();
    const actor: Actor = { kind: 'user', id, name: email, ip: client.ip };
    await audit(tx, identity.vault, null, { actor, action: 'installation.set_up', object: { kind: 'user', id } });
    const organization = await createOrganization(identity, tx, asked.organization, { id, actor });
    return { ...(await beginSession(identity, tx, id, 'full', client)), organization };
  });
  identity.throttle.succeeded(email, client.ip);
  return made;
}

/** Makes an organisation with its first administrator. @returns its UUID */
export async function createOrganization(
  identity: Identity,
  tx: Tx,
  wanted: NewOrganization,
  by: { readonly id: string; readonly actor: Actor },
): Promise<string> {
  const id = uuid7(identity.now());
  const inserted = await tx
    .insertInto('organization')
    .values({ id, ...wanted })
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined)
    throw new IdentityError(
      'organization_exists',
      `There is an organisation with the short name ${wanted.slug} already.`,
      'Choose another short name.',
    );
  await tx
    .insertInto('membership')
    .values({ user_id: by.id, organization_id: id, role: 'administrator', granted_by: by.id })
    .execute();
  const act = {
    actor: by.actor,
    action: 'organization.create',
    object: { kind: 'organization', id },
    detail: { ...wanted },
  };
  await audit(tx, identity.vault, null, act);
  await audit(tx, identity.vault, id, act);
  await identity.state.announce(tx, { organization: id, kind: 'organization', id });
  return id;
}

export interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly provider?: string;
}

/**
 * Invites somebody: the one-time secret is given once. Who has an account already becomes a member at once, and no secret is needed:
 * it would give an account of another organisation away.
 */
export async function invite(
  identity: Identity,
  tx: Tx,
  organization: string,
  wanted: Invitation,
  actor: Actor,
): Promise<{ user: string; secret: string | undefined }> {
  const email = wanted.email.trim().toLowerCase();
  const provider = providerFor(wanted.role, wanted.provider);
  const known = await tx
    .selectFrom('app_user')
    .select(['id', 'password_hash'])
    .where('email', '=', email)
    .executeTakeFirst();
  const id = known?.id ?? uuid7(identity.now());
  if (known === undefined) await tx.insertInto('app_user').values({ id, email, name: wanted.name }).execute();
  const made = await tx
    .insertInto('membership')
    .values({ user_id: id, organization_id: organization, role: wanted.role, provider, granted_by: actor.id })
    .onConflict((conflict) => conflict.doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (made === undefined)
    throw new IdentityError('user_exists', `${email} is a member already.`, 'Change the role instead.');
  await audit(tx, identity.vault, organization, {
    actor,
    action: 'user.invite',
    object: { kind: 'user', id },
    detail: { email, role: wanted.role, provider },
  });
  if (known !== undefined && (known.password_hash !== null || (await belongsElsewhere(tx, id, organization))))
    return { user: id, secret: undefined };
  const secret = randomSecret();
  await tx
    .insertInto('one_time_token')
    .values({
      id: digest(secret),
      purpose: 'invitation',
      user_id: id,
      organization_id: organization,
      expires_at: new Date(identity.now() + 7 * DAY),
    })
    .execute();
  return { user: id, secret };
}

/**
 * A link with which somebody sets a new password; sessions end when it is used. Who holds it holds the account, so it is given only to whom
 * all of the account is subject to.
 *
 * @throws IdentityError `role_too_small`
 */
export async function issueReset(identity: Identity, tx: Tx, user: string, actor: Actor): Promise<string> {
  await keepToOwnPeople(tx, user, actor);
  const secret = randomSecret();
  await tx
    .insertInto('one_time_token')
    .values({ id: digest(secret), purpose: 'reset', user_id: user, expires_at: new Date(identity.now() + DAY) })
    .execute();
  await auditPerson(identity, tx, user, actor, 'user.reset_link', {});
  return secret;
}

/** Takes an invitation or a reset link: sets the password. */
export async function acceptLink(identity: Identity, secret: string, password: string, client: Client): Promise<void> {
  await ensureToken(identity, secret, 'invitation', 'reset');
  const hash = await hashPassword(password);
  const email = await identity.state.everywhere(async (tx) => {
    const token = await takeToken(identity, tx, secret, 'invitation', 'reset');
    const user = await tx
      .selectFrom('app_user')
      .select(['id', 'email', 'name'])
      .where('id', '=', token.user_id)
      .executeTakeFirst();
    if (user === undefined) throw VOID();
    checkPassword(password, [user.name, user.email]);
    await tx.updateTable('app_user').set({ password_hash: hash }).where('id', '=', user.id).execute();
    await endOtherSessions(identity, tx, user.id, null);
    await auditPerson(
      identity,
      tx,
      user.id,
      { kind: 'user', id: user.id, name: user.email, ip: client.ip },
      'user.accept_link',
      { purpose: token.purpose },
    );
    return user.email;
  });
  identity.throttle.succeeded(email, client.ip);
}

/** @throws IdentityError `password_wrong`, `password_weak` */
export async function changePassword(
  identity: Identity,
  user: { id: string; name: string; email: string | null; session: string | null },
  old: string,
  next: string,
  actor: Actor,
): Promise<void> {
  const kept = await identity.state.everywhere((tx) =>
    tx.selectFrom('app_user').select('password_hash').where('id', '=', user.id).executeTakeFirst(),
  );
  if (!(await rightPassword(old, kept?.password_hash)))
    throw new IdentityError('password_wrong', 'The old password is wrong.', 'Try again.');
  checkPassword(next, [user.name, user.email ?? '']);
  const hash = await hashPassword(next);
  await identity.state.everywhere(async (tx) => {
    await tx.updateTable('app_user').set({ password_hash: hash }).where('id', '=', user.id).execute();
    await endOtherSessions(identity, tx, user.id, user.session);
    await auditPerson(identity, tx, user.id, actor, 'user.password_change', {});
  });
}

/** Whether an account without a password has been invited elsewhere, or signs in otherwise. */
async function belongsElsewhere(tx: Tx, user: string, organization: string): Promise<boolean> {
  const elsewhere = await tx
    .selectFrom('app_user')
    .leftJoin('membership', (join) =>
      join.onRef('membership.user_id', '=', 'app_user.id').on('membership.organization_id', '!=', organization),
    )
    .select('app_user.id')
    .where('app_user.id', '=', user)
    .where((where) =>
      where.or([
        where('membership.organization_id', 'is not', null),
        where('app_user.last_sign_in_at', 'is not', null),
        where('app_user.installation_administrator', '=', true),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return elsewhere !== undefined;
}

type Purpose = 'setup' | 'invitation' | 'reset';

/** A password is computed only for somebody who has a right token: anybody can ask. */
async function ensureToken(identity: Identity, secret: string, ...purposes: Purpose[]): Promise<void> {
  const token = await identity.state.everywhere((tx) =>
    tx
      .selectFrom('one_time_token')
      .select('id')
      .where('id', '=', digest(secret))
      .where('purpose', 'in', purposes)
      .where('used_at', 'is', null)
      .where('expires_at', '>', new Date(identity.now()))
      .executeTakeFirst(),
  );
  if (token === undefined) throw VOID();
}

async function takeToken(identity: Identity, tx: Tx, secret: string, ...purposes: Purpose[]) {
  const token = await tx
    .updateTable('one_time_token')
    .set({ used_at: new Date(identity.now()) })
    .where('id', '=', digest(secret))
    .where('purpose', 'in', purposes)
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date(identity.now()))
    .returningAll()
    .executeTakeFirst();
  if (token === undefined) throw VOID();
  return token;
}
