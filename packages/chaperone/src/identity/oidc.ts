import * as client from 'openid-client';
import type { Role, Tx } from '../storage/index.ts';
import { type Actor, audit } from './audit.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { type Client, membershipsOf } from './sessions.ts';
import { enter, type SignedIn } from './sign-in.ts';
import { uuid7 } from './uuid.ts';

const PURPOSE = 'oidc';
const FLOW = 'oidc-flow';
const LONGEST = 10 * 60_000;
/** Seconds for each request to a provider. */
const TIMEOUT = 10;

export interface NewOidcProvider {
  readonly name: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly client_secret?: string;
  readonly default_role?: Exclude<Role, 'provider_reader'>;
  /** it may stand in a network of our own: for an administrator of the installation to say */
  readonly inside: boolean;
}

const refused = (message: string, mend = 'Ask an administrator of your organisation for an invitation.') =>
  new IdentityError('sign_in_failed', message, mend);

/** Lets the people of an organisation sign in by an identity provider. Its secret is sealed. @returns its UUID */
export async function addOidcProvider(
  { vault, now }: Identity,
  tx: Tx,
  organization: string,
  { client_secret, ...wanted }: NewOidcProvider,
  actor: Actor,
): Promise<string> {
  const id = uuid7(now());
  const sealed = client_secret === undefined ? null : vault.seal(PURPOSE, client_secret);
  await tx
    .insertInto('oidc_provider')
    .values({ id, organization_id: organization, ...wanted, client_secret: sealed })
    .execute();
  const { name, issuer, default_role } = wanted;
  await audit(tx, vault, organization, {
    actor,
    action: 'oidc_provider.create',
    object: { kind: 'oidc_provider', id },
    detail: { name, issuer, default_role },
  });
  return id;
}

/** What may be said of a provider anew; what is left out stays. */
export type OidcProviderChange = Partial<Omit<NewOidcProvider, 'client_secret' | 'default_role'>> & {
  /** null: a public client */
  readonly client_secret?: string | null;
  /** null: who isn't known yet is refused */
  readonly default_role?: NewOidcProvider['default_role'] | null;
  readonly enabled?: boolean;
};

/**
 * Changes a provider. Its secret stays while it goes to the same issuer.
 *
 * @throws IdentityError `not_found`; `secret_needed` where the issuer changed and the secret was not given again
 */
export async function changeOidcProvider(
  { vault }: Identity,
  tx: Tx,
  organization: string,
  id: string,
  { client_secret, ...wanted }: OidcProviderChange,
  actor: Actor,
): Promise<void> {
  const old = await tx
    .selectFrom('oidc_provider')
    .selectAll()
    .where('id', '=', id)
    .where('organization_id', '=', organization)
    .forUpdate()
    .executeTakeFirst();
  if (old === undefined) throw new IdentityError('not_found', 'There is no such provider.', 'It may be removed.');
  const { inside, ...said } = wanted;
  const moved = said.issuer !== undefined && said.issuer !== old.issuer;
  if (moved && client_secret === undefined && old.client_secret !== null)
    throw new IdentityError(
      'secret_needed',
      'The client secret is to be given again, for the issuer that it is sent to changed.',
      'Give the secret that the new issuer gave you, or null for a public client.',
    );
  const change = {
    ...said,
    // Where it may stand was said of the old address.
    ...(moved ? { inside } : {}),
    ...(client_secret === undefined
      ? {}
      : { client_secret: client_secret === null ? null : vault.seal(PURPOSE, client_secret) }),
  };
  if (Object.keys(change).length > 0) await tx.updateTable('oidc_provider').set(change).where('id', '=', id).execute();
  const object = { kind: 'oidc_provider', id };
  const detail = { name: old.name, ...said, ...(client_secret === undefined ? {} : { client_secret: 'changed' }) };
  await audit(tx, vault, organization, { actor, action: 'oidc_provider.change', object, detail });
}

/** @throws IdentityError `not_found` */
export async function removeOidcProvider(
  { vault }: Identity,
  tx: Tx,
  organization: string,
  id: string,
  actor: Actor,
): Promise<void> {
  const gone = await tx
    .deleteFrom('oidc_provider')
    .where('id', '=', id)
    .where('organization_id', '=', organization)
    .returning('name')
    .executeTakeFirst();
  if (gone === undefined) throw new IdentityError('not_found', 'There is no such provider.', 'It may be removed.');
  const object = { kind: 'oidc_provider', id };
  await audit(tx, vault, organization, { actor, action: 'oidc_provider.remove', object, detail: { name: gone.name } });
}

/**
 * Asks a provider of an organisation for its configuration, as a sign-in would. Whether client and secret fit shows only when somebody signs in.
 *
 * @throws IdentityError `not_found`, `sign_in_failed` where it can't be reached
 */
export async function tryOidcProvider(
  identity: Identity,
  organization: string,
  id: string,
): Promise<{ issuer: string; sign_in_at: string; doubts: string[] }> {
  const { config, row } = await configOf(identity, id);
  if (row.organization_id !== organization)
    throw new IdentityError('not_found', 'There is no such provider.', 'It may be removed.');
  const said = config.serverMetadata();
  const doubts: string[] = [];
  if (said.authorization_endpoint === undefined) doubts.push('It names no address at which people sign in.');
  if (said.token_endpoint === undefined) doubts.push('It names no address at which we could ask for the answer.');
  if (said.scopes_supported?.includes('email') === false)
    doubts.push('It does not offer the scope “email”: nobody could be known by an address.');
  if (said.response_types_supported?.includes('code') === false)
    doubts.push('It does not offer the authorization code flow.');
  return { issuer: said.issuer, sign_in_at: said.authorization_endpoint ?? '', doubts };
}

/**
 * Begins a sign-in. `flow` is for a cookie of this browser alone: it holds state, nonce and verifier, sealed, so that nobody else can finish.
 *
 * @param redirect address of our callback
 */
export async function startOidc(
  identity: Identity,
  id: string,
  redirect: string,
): Promise<{ url: string; flow: string }> {
  const { config } = await configOf(identity, id);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: 'openid email profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const end = identity.now() + LONGEST;
  return { url: url.href, flow: identity.vault.seal(FLOW, JSON.stringify({ id, verifier, state, nonce, end })) };
}

/**
 * Ends a sign-in at the provider's answer. A person is known by an address that the provider has verified.
 *
 * @param answer our callback's address with what the provider appended
 * @throws IdentityError `sign_in_failed`, saying why
 */
export async function finishOidc(identity: Identity, flow: string, answer: URL, from: Client): Promise<SignedIn> {
  const { state, vault, now } = identity;
  let provider = 'identity provider';
  try {
    const begun = openFlow(identity, flow);
    if (begun === undefined || begun.end <= now())
      throw refused('This sign-in was begun elsewhere or too long ago.', 'Begin it again on this page.');
    const { config, row } = await configOf(identity, begun.id);
    provider = row.name;
    const email = await verifiedAddress(config, answer, begun);
    return await state.everywhere(async (tx) => {
      const user = await personOf(identity, tx, row, email, from);
      return enter(identity, tx, user, provider, from, false);
    });
  } catch (error) {
    const known =
      error instanceof IdentityError
        ? error
        : refused(`${provider} did not confirm the sign-in.`, 'Try again, or sign in with your password.');
    await state.everywhere((tx) =>
      audit(tx, vault, null, {
        actor: { kind: 'anonymous', id: null, name: provider, ip: from.ip },
        action: 'session.sign_in',
        outcome: 'failure',
        detail: { by: provider, why: known.message },
      }),
    );
    throw known;
  }
}

interface Flow {
  readonly id: string;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly end: number;
}

function openFlow({ vault }: Identity, flow: string): Flow | undefined {
  try {
    return JSON.parse(vault.open(FLOW, flow)) as Flow;
  } catch {
    return undefined;
  }
}

async function verifiedAddress(config: client.Configuration, answer: URL, begun: Flow): Promise<string> {
  const tokens = await client.authorizationCodeGrant(config, answer, {
    pkceCodeVerifier: begun.verifier,
    expectedState: begun.state,
    expectedNonce: begun.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw refused('The provider did not say who you are.');
  const said =
    claims.email === undefined ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : claims;
  if (typeof said.email !== 'string' || said.email_verified !== true)
    throw refused(
      'The provider has not verified your e-mail address.',
      'Have it verified there, or sign in with your password.',
    );
  return said.email.trim().toLowerCase();
}

async function configOf({ state, vault, ask }: Identity, id: string) {
  const row = await state.everywhere((tx) =>
    tx.selectFrom('oidc_provider').selectAll().where('id', '=', id).where('enabled', '=', true).executeTakeFirst(),
  );
  if (row === undefined) throw new IdentityError('not_found', 'There is no such provider.', 'It may be removed.');
  const issuer = new URL(row.issuer);
  const secret = row.client_secret === null ? undefined : vault.open(PURPOSE, row.client_secret);
  const config = await client
    .discovery(issuer, row.client_id, secret, secret === undefined ? client.None() : undefined, {
      timeout: TIMEOUT,
      execute: isLoopback(issuer) ? [client.allowInsecureRequests] : [],
      [client.customFetch]: (url, request) => ask(url, request, row.inside),
    })
    .catch((error: { code?: unknown; cause?: { code?: unknown } }) => {
      if ([error.code, error.cause?.code].includes('address_refused'))
        throw refused(
          `${row.name} leads to an address inside a network, which isn’t asked.`,
          'If it really stands inside, an administrator of the installation can add it.',
        );
      throw refused(
        `${row.name} can’t be reached, or is no OpenID provider.`,
        `Try again later. Its configuration is expected at ${row.issuer.replace(/\/$/, '')}/.well-known/openid-configuration.`,
      );
    });
  return { config, row };
}

/** Plain HTTP is for providers on this machine alone. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** The person behind an address, as far as this provider may speak for them. */
async function personOf(
  { vault, now }: Identity,
  tx: Tx,
  provider: { id: string; name: string; organization_id: string | null; default_role: Role | null },
  email: string,
  from: Client,
) {
  const { organization_id: organization } = provider;
  const known = await tx.selectFrom('app_user').selectAll().where('email', '=', email).executeTakeFirst();
  if (known !== undefined) {
    if (known.disabled_at !== null) throw refused('This account is disabled.');
    const homes = await membershipsOf(tx, known.id);
    // Who runs an organisation's provider can say to be anybody: it speaks for nobody who belongs elsewhere, too.
    const own = organization === null || (homes.length === 1 && homes[0].organization === organization);
    if (!own || (organization !== null && known.installation_administrator))
      throw refused(`${provider.name} may not sign this account in.`);
    return known;
  }
  if (organization === null || provider.default_role === null)
    throw refused(`Nobody with the address ${email} is known here.`);
  const id = uuid7(now());
  const role = provider.default_role;
  await tx.insertInto('app_user').values({ id, email, name: email }).execute();
  await tx.insertInto('membership').values({ user_id: id, organization_id: organization, role }).execute();
  await audit(tx, vault, organization, {
    actor: { kind: 'user', id, name: email, ip: from.ip },
    action: 'user.join',
    object: { kind: 'user', id },
    detail: { by: provider.name, role },
  });
  return { id, email, name: email };
}
