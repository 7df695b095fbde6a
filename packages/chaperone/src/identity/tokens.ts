import type { Role, StateStore, Tx } from '../storage/index.ts';
import { type Actor, audit } from './audit.ts';
import { IdentityError } from './identity-error.ts';
import type { Principal } from './principal.ts';
import { atLeast, PERMISSIONS } from './roles.ts';
import { digest, isToken, randomToken } from './secrets.ts';
import { uuid7 } from './uuid.ts';
import type { Vault } from './vault.ts';

export interface NewToken {
  readonly kind: 'api' | 'ingest';
  readonly name: string;
  /** api */
  readonly role?: Role;
  readonly scopes?: readonly string[];
  /** ingest */
  readonly source?: string;
  readonly expires?: Date;
}

/** Makes a token; its secret is in the answer and nowhere else. One can't be given more than its maker may. */
export async function createToken(
  tx: Tx,
  vault: Vault,
  organization: string,
  wanted: NewToken,
  by: { readonly actor: Actor; readonly role: Role },
): Promise<{ id: string; secret: string }> {
  const { kind, name, role, scopes = [], source, expires } = wanted;
  if (kind === 'api' && (role === undefined || !atLeast(by.role, role)))
    throw new IdentityError(
      'role_too_small',
      `A token with the role ${role ?? '(none)'} is more than you may give.`,
      `Give it at most the role ${by.role}.`,
    );
  for (const scope of scopes)
    if (!(PERMISSIONS as readonly string[]).includes(scope))
      throw new IdentityError(
        'not_found',
        `There is no permission ${scope}.`,
        `Take some of: ${PERMISSIONS.join(', ')}.`,
      );
  const secret = randomToken(kind === 'api' ? 'chp' : 'chi');
  const id = uuid7();
  await tx
    .insertInto('token')
    .values({
      id,
      organization_id: organization,
      kind,
      name,
      hash: digest(secret),
      prefix: secret.slice(0, 10),
      role: kind === 'api' ? role : null,
      scopes: [...scopes],
      source_id: source ?? null,
      created_by: by.actor.id,
      expires_at: expires ?? null,
    })
    .execute();
  await audit(tx, vault, organization, {
    actor: by.actor,
    action: 'token.create',
    object: { kind: 'token', id },
    detail: { name, kind, role, scopes, source, expires: expires?.toISOString() },
  });
  return { id, secret };
}

/** @throws IdentityError `not_found` */
export async function revokeToken(tx: Tx, vault: Vault, organization: string, id: string, actor: Actor): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('token')
    .set({ revoked_at: new Date() })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n)
    throw new IdentityError('not_found', 'There is no such token.', 'It may be revoked already.');
  await audit(tx, vault, organization, { actor, action: 'token.revoke', object: { kind: 'token', id } });
}

const USED_EVERY = 60_000;

/**
 * Who presents an API token; undefined: nobody (unknown, expired, revoked, or an ingest token).
 *
 * @param used its use is noted
 */
export async function principalOfToken(
  state: StateStore,
  token: string,
  now = Date.now(),
  used = true,
): Promise<Principal | undefined> {
  if (!token.startsWith('chp_') || !isToken(token)) return undefined;
  return state.everywhere(async (tx) => {
    const found = await tx
      .selectFrom('token')
      .innerJoin('organization', 'organization.id', 'token.organization_id')
      .select([
        'token.id',
        'token.name',
        'token.created_by',
        'token.role',
        'token.scopes',
        'token.expires_at',
        'token.last_used_at',
        'organization.id as organization',
        'organization.slug',
        'organization.name as title',
        'organization.zone',
      ])
      .where('token.hash', '=', digest(token))
      .where('token.kind', '=', 'api')
      .where('token.revoked_at', 'is', null)
      .executeTakeFirst();
    if (found === undefined || found.role === null || (found.expires_at !== null && found.expires_at.getTime() <= now))
      return undefined;
    if (found.created_by !== null && !(await makerStillMay(tx, found.created_by, found.organization, found.role)))
      return undefined;
    if (used && (found.last_used_at === null || now - found.last_used_at.getTime() > USED_EVERY))
      await tx
        .updateTable('token')
        .set({ last_used_at: new Date(now) })
        .where('id', '=', found.id)
        .execute();
    return {
      kind: 'token',
      id: found.id,
      name: found.name,
      email: null,
      installationAdministrator: false,
      memberships: [
        {
          organization: found.organization,
          slug: found.slug,
          name: found.title,
          zone: found.zone,
          role: found.role,
          provider: null,
        },
      ],
      scopes: found.scopes,
      session: null,
      secondFactor: true,
    } as const;
  });
}

/** A token does not outlive its maker's role: who was removed or made less keeps no way in. */
async function makerStillMay(tx: Tx, maker: string, organization: string, role: Role): Promise<boolean> {
  const now = await tx
    .selectFrom('app_user')
    .leftJoin('membership', (join) =>
      join.onRef('membership.user_id', '=', 'app_user.id').on('membership.organization_id', '=', organization),
    )
    .select(['membership.role', 'app_user.disabled_at'])
    .where('app_user.id', '=', maker)
    .executeTakeFirst();
  // Not a person: a token made it, which was bound in the same way when it did.
  if (now === undefined) return true;
  return now.disabled_at === null && now.role !== null && atLeast(now.role, role);
}
