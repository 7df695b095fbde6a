import type { Tx } from '../storage/index.ts';
import type { Actor } from './audit.ts';
import { auditPerson } from './factors.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { endOtherSessions } from './sessions.ts';
import { keepAnAdministrator, keepToOwnPeople } from './users.ts';

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
