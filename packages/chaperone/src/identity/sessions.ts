import type { Role, StateStore, Tx } from '../storage/index.ts';
import type { Identity } from './identity.ts';
import type { Membership, Principal } from './principal.ts';
import { digest, randomSecret } from './secrets.ts';

/** Where a request comes from, for the list of one's sessions. */
export interface Client {
  readonly ip: string;
  readonly agent: string;
}

const IDLE = 30 * 60_000;
const LONGEST = 12 * 3_600_000;
/** Somebody who has given the password has this long for the second factor. */
const HALF = 10 * 60_000;
const SEEN_EVERY = 60_000;

/** A session and its secret, which only the cookie holds. */
export interface NewSession {
  readonly secret: string;
  readonly expires: Date;
}

/** Begins a session; an older one of the same browser is ended by the caller, so that a planted cookie is worth nothing. */
export async function beginSession(
  { now }: Identity,
  tx: Tx,
  user: string,
  state: 'password' | 'full',
  client: Client,
): Promise<NewSession> {
  const secret = randomSecret();
  const expires = new Date(now() + (state === 'full' ? LONGEST : HALF));
  await tx
    .insertInto('session')
    .values({
      id: digest(secret),
      user_id: user,
      state,
      ip: client.ip,
      user_agent: client.agent.slice(0, 300),
      created_at: new Date(now()),
      last_seen_at: new Date(now()),
      expires_at: expires,
    })
    .execute();
  return { secret, expires };
}

export async function endSession(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('session').where('id', '=', id).execute();
}

/** Ends all sessions of a person but one. @returns how many ended */
export async function endOtherSessions(
  { state }: Identity,
  tx: Tx,
  user: string,
  keep: string | null,
): Promise<number> {
  let query = tx.deleteFrom('session').where('user_id', '=', user);
  if (keep !== null) query = query.where('id', '!=', keep);
  const { numDeletedRows } = await query.executeTakeFirst();
  await accessChanged(state, tx, user);
  return Number(numDeletedRows);
}

/** Tells every node that what a person may do has become less, so that what goes on for them (live updates) is looked at again at once. */
export async function accessChanged(state: StateStore, tx: Tx, user: string): Promise<void> {
  await state.announce(tx, { organization: null, kind: 'access', id: user });
}

/**
 * Who stands behind a session's secret; undefined: nobody (unknown, ended, too old, the person disabled).
 *
 * @param used it counts as use of the session, which keeps it from ending
 */
export async function principalOfSession(
  identity: Identity,
  secret: string,
  used = true,
): Promise<(Principal & { state: 'password' | 'full' }) | undefined> {
  const { state, now } = identity;
  const id = digest(secret);
  return state.everywhere(async (tx) => {
    const session = await tx
      .selectFrom('session')
      .innerJoin('app_user', 'app_user.id', 'session.user_id')
      .select([
        'session.id',
        'session.state',
        'session.expires_at',
        'session.last_seen_at',
        'app_user.id as user',
        'app_user.name',
        'app_user.email',
        'app_user.installation_administrator',
      ])
      .where('session.id', '=', id)
      .where('app_user.disabled_at', 'is', null)
      .executeTakeFirst();
    if (session === undefined) return undefined;
    const idle = now() - session.last_seen_at.getTime();
    if (session.expires_at.getTime() <= now() || idle > IDLE) {
      await endSession(tx, id);
      return undefined;
    }
    if (used && idle > SEEN_EVERY)
      await tx
        .updateTable('session')
        .set({ last_seen_at: new Date(now()) })
        .where('id', '=', id)
        .execute();
    return {
      kind: 'user',
      id: session.user,
      name: session.name,
      email: session.email,
      installationAdministrator: session.installation_administrator,
      memberships: session.state === 'full' ? await membershipsOf(tx, session.user) : [],
      scopes: [],
      session: id,
      secondFactor: (await confirmedFactors(tx, session.user)) > 0,
      state: session.state,
    } as const;
  });
}

export async function membershipsOf(tx: Tx, user: string): Promise<Membership[]> {
  const rows = await tx
    .selectFrom('membership')
    .innerJoin('organization', 'organization.id', 'membership.organization_id')
    .select([
      'organization.id',
      'organization.slug',
      'organization.name',
      'organization.zone',
      'membership.role',
      'membership.provider',
    ])
    .where('membership.user_id', '=', user)
    .orderBy('organization.name')
    .execute();
  return rows.map(({ id, slug, name, zone, role, provider }) => ({
    organization: id,
    slug,
    name,
    zone,
    role: role as Role,
    provider,
  }));
}

/** How many second factors a person has that work. */
export async function confirmedFactors(tx: Tx, user: string): Promise<number> {
  const row = await tx
    .selectFrom('user_factor')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .where('user_id', '=', user)
    .where('kind', '!=', 'recovery')
    .where('confirmed_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

/** One's sessions, the newest first. */
export function sessionsOf(tx: Tx, user: string) {
  return tx
    .selectFrom('session')
    .select(['id', 'ip', 'user_agent', 'created_at', 'last_seen_at', 'expires_at'])
    .where('user_id', '=', user)
    .where('state', '=', 'full')
    .orderBy('last_seen_at', 'desc')
    .execute();
}
