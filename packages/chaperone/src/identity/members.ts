import type { Role, Tx } from '../storage/index.ts';
import { type Actor, audit } from './audit.ts';
import { auditPerson } from './factors.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { accessChanged, endOtherSessions } from './sessions.ts';

/** @throws IdentityError `last_administrator`, `not_found`, `provider_missing` */
export async function changeRole(
  identity: Identity,
  tx: Tx,
  organization: string,
  user: string,
  role: Role,
  provider: string | undefined,
  actor: Actor,
): Promise<void> {
  await keepAnAdministrator(tx, organization, user, role);
  const { numUpdatedRows } = await tx
    .updateTable('membership')
    .set({ role, provider: providerFor(role, provider) })
    .where('user_id', '=', user)
    .where('organization_id', '=', organization)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new IdentityError('not_found', 'There is no such member.', 'They may have been removed.');
  await accessChanged(identity.state, tx, user);
  await audit(tx, identity.vault, organization, {
    actor,
    action: 'user.role',
    object: { kind: 'user', id: user },
    detail: { role, provider },
  });
}

/** @throws IdentityError `last_administrator`, `not_found` */
export async function removeMember(
  identity: Identity,
  tx: Tx,
  organization: string,
  user: string,
  actor: Actor,
): Promise<void> {
  await keepAnAdministrator(tx, organization, user, undefined);
  const { numDeletedRows } = await tx
    .deleteFrom('membership')
    .where('user_id', '=', user)
    .where('organization_id', '=', organization)
    .executeTakeFirst();
  if (numDeletedRows === 0n)
    throw new IdentityError('not_found', 'There is no such member.', 'They may have been removed.');
  await accessChanged(identity.state, tx, user);
  await audit(tx, identity.vault, organization, { actor, action: 'user.remove', object: { kind: 'user', id: user } });
}

/**
 * Disables somebody everywhere: nobody signs in by the account, its sessions end at once, and the tokens that it made stop working. What it did
 * stays in the trail, and it can be enabled again.
 *
 * @throws IdentityError `not_found`, `role_too_small` for an account that belongs elsewhere, too, `last_administrator`, `own_account`
 */
export async function disableMember(
  identity: Identity,
  tx: Tx,
  organization: string,
  user: string,
  actor: Actor,
): Promise<void> {
  if (actor.id === user)
    throw new IdentityError('own_account', 'This is your own account.', 'Ask another administrator to disable it.');
  await subject(tx, organization, user, actor);
  await keepAnAdministrator(tx, organization, user, undefined);
  const { numUpdatedRows } = await tx
    .updateTable('app_user')
    .set({ disabled_at: new Date(identity.now()) })
    .where('id', '=', user)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await endOtherSessions(identity, tx, user, null);
  await auditPerson(identity, tx, user, actor, 'user.disable', {});
}

/** Lets somebody sign in again who was disabled. @throws IdentityError `not_found`, `role_too_small` */
export async function enableMember(
  identity: Identity,
  tx: Tx,
  organization: string,
  user: string,
  actor: Actor,
): Promise<void> {
  await subject(tx, organization, user, actor);
  const { numUpdatedRows } = await tx
    .updateTable('app_user')
    .set({ disabled_at: null })
    .where('id', '=', user)
    .where('disabled_at', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await auditPerson(identity, tx, user, actor, 'user.enable', {});
}

async function subject(tx: Tx, organization: string, user: string, actor: Actor): Promise<void> {
  const member = await tx
    .selectFrom('membership')
    .select('user_id')
    .where('organization_id', '=', organization)
    .where('user_id', '=', user)
    .executeTakeFirst();
  if (member === undefined)
    throw new IdentityError('not_found', 'There is no such member.', 'They may have been removed.');
  await keepToOwnPeople(tx, user, actor);
}

/** @throws IdentityError `provider_missing`: whose reader nobody said could read nothing */
export function providerFor(role: Role, provider: string | undefined): string | null {
  if (role !== 'provider_reader') return null;
  if (provider !== undefined && provider.trim() !== '') return provider;
  throw new IdentityError(
    'provider_missing',
    'A provider’s reader reads for one provider, and none is named.',
    'Name the provider as the registry does.',
  );
}

/**
 * An account is an organisation's to dispose of only where it belongs nowhere else.
 *
 * @throws IdentityError `role_too_small`
 */
export async function keepToOwnPeople(tx: Tx, user: string, actor: Actor): Promise<void> {
  if (actor.kind === 'system') return;
  const whole = async (id: string) =>
    (
      await tx
        .selectFrom('app_user')
        .select('installation_administrator as yes')
        .where('id', '=', id)
        .executeTakeFirst()
    )?.yes === true;
  const ruled =
    actor.kind === 'user'
      ? tx
          .selectFrom('membership')
          .select('organization_id')
          .where('user_id', '=', actor.id)
          .where('role', '=', 'administrator')
      : tx.selectFrom('token').select('organization_id').where('id', '=', actor.id);
  const beyond = await tx
    .selectFrom('membership')
    .select('organization_id')
    .where('user_id', '=', user)
    .where('organization_id', 'not in', ruled)
    .executeTakeFirst();
  if (actor.kind === 'user' && actor.id !== null && (await whole(actor.id))) return;
  if (beyond !== undefined || (await whole(user)))
    throw new IdentityError(
      'role_too_small',
      'This account belongs to another organisation, too, or administers the installation.',
      'Ask an administrator of the installation.',
    );
}

/** Those who are disabled administer nothing. @throws IdentityError `last_administrator` */
async function keepAnAdministrator(tx: Tx, organization: string, user: string, next: Role | undefined): Promise<void> {
  if (next === 'administrator') return;
  const others = await tx
    .selectFrom('membership')
    .innerJoin('app_user', 'app_user.id', 'membership.user_id')
    .select('membership.user_id')
    .where('membership.organization_id', '=', organization)
    .where('membership.role', '=', 'administrator')
    .where('app_user.disabled_at', 'is', null)
    .forUpdate()
    .execute();
  if (others.some(({ user_id }) => user_id === user) && others.length === 1)
    throw new IdentityError(
      'last_administrator',
      'This is the only administrator.',
      'Make somebody else an administrator first.',
    );
}
