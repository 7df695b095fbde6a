import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import { z } from 'zod';
import {
  acceptLink,
  changePassword,
  completeSetup,
  confirmTotp,
  createOrganization,
  giveCode,
  type NewSession,
  newRecoveryCodes,
  offerTotp,
  removeFactor,
  sessionsOf,
  setupNeeded,
  signIn,
  signOut,
  signOutElsewhere,
} from '../../identity/index.ts';
import type { ApiEnv, Routes } from '../define.ts';
import { none, page, uuid, zone } from '../define.ts';
import * as shapes from '../shapes.ts';

export const COOKIE = 'chaperone';

export const organizationBody = z.object({
  name: z.string().min(1).max(200),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and hyphens'),
  zone,
  side: z.enum(['client', 'provider', 'both']).default('client'),
});

/** Set-up, sign-in, one's own account. */
export function signInRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const tag = 'Sign-in';
  const keep = (context: Context<ApiEnv>, made: NewSession) => keepSession(context, deps.secure, made);

  routes.add(
    {
      method: 'get',
      path: '/setup',
      access: 'public',
      tag,
      summary: 'Whether the set-up is still to be done',
      answer: z.object({ needed: z.boolean() }),
    },
    async () => ({
      needed: await setupNeeded(identity),
    }),
  );
  routes.add(
    {
      method: 'post',
      path: '/setup',
      access: 'public',
      tag,
      summary: 'Make the first administrator and organisation, with the one-time token that the start printed',
      body: z.object({
        token: z.string(),
        email: z.email(),
        name: z.string().min(1).max(200),
        password: z.string(),
        organization: organizationBody,
      }),
      answer: z.object({ organization: z.string() }),
      status: 201,
    },
    async ({ body, client, context }) => {
      const made = await completeSetup(identity, body, client);
      await deps.events.ensure(made.organization);
      await deps.reload(made.organization);
      keep(context, made);
      return { organization: body.organization.slug };
    },
  );
  routes.add(
    {
      method: 'post',
      path: '/session',
      access: 'public',
      tag,
      summary: 'Sign in by address and password',
      body: z.object({ email: z.string().max(320), password: z.string().max(1024) }),
      answer: z.object({ state: z.string() }),
    },
    async ({ body, client, context }) => {
      const signed = await signIn(identity, body.email, body.password, client);
      keep(context, signed);
      return { state: signed.state };
    },
  );
  routes.add(
    {
      method: 'post',
      path: '/session/totp',
      access: 'half',
      tag,
      summary: 'Give the second factor: a code of the authenticator, or a recovery code',
      body: z.object({ code: z.string().max(64) }),
      answer: z.object({ state: z.string() }),
    },
    async ({ body, principal, client, context }) => {
      const signed = await giveCode(identity, principal.session ?? '', principal, body.code, client);
      keep(context, signed);
      return { state: signed.state };
    },
  );
  routes.add(
    { method: 'get', path: '/session', access: 'half', tag, summary: 'Who is signed in', answer: shapes.session },
    async ({ principal }) => ({
      state: principal.state ?? 'full',
      csrf_token: csrfOf(deps.identity.vault, principal.session),
      user: { id: principal.id, email: principal.email, name: principal.name },
      organizations: principal.memberships.map(({ organization, slug, name, zone, role }) => ({
        id: organization,
        slug,
        name,
        zone,
        role,
      })),
      second_factor: principal.secondFactor,
      installation_administrator: principal.installationAdministrator,
      ...(principal.state === 'password' ? { factors: ['totp', 'passkey', 'recovery'] } : {}),
    }),
  );
  routes.add(
    { method: 'delete', path: '/session', access: 'half', tag, summary: 'Sign out', status: 204 },
    async ({ principal, actor, context }) => {
      await signOut(identity, principal, actor);
      setCookie(context, COOKIE, '', { httpOnly: true, sameSite: 'Strict', secure: deps.secure, path: '/', maxAge: 0 });
    },
  );
  routes.add(
    {
      method: 'post',
      path: '/invitations/accept',
      access: 'public',
      tag,
      summary: 'Set a password by an invitation or a reset link',
      body: z.object({ token: z.string(), password: z.string() }),
      status: 204,
    },
    async ({ body, client }) => acceptLink(identity, body.token, body.password, client),
  );
  routes.add(
    {
      method: 'put',
      path: '/me/password',
      access: 'session',
      tag,
      summary: 'Change one’s password; other sessions end',
      body: z.object({ old: z.string(), new: z.string() }),
      status: 204,
    },
    async ({ body, principal, actor }) => changePassword(identity, principal, body.old, body.new, actor),
  );
  routes.add(
    {
      method: 'get',
      path: '/me/factors',
      access: 'session',
      tag,
      summary: 'One’s second factors',
      answer: page(shapes.factor),
    },
    async ({ principal }) => ({
      items: await state.everywhere((tx) =>
        tx
          .selectFrom('user_factor')
          .select(['id', 'kind', 'label', 'created_at', 'last_used_at'])
          .where('user_id', '=', principal.id)
          .where('confirmed_at', 'is not', null)
          .where('kind', '!=', 'recovery')
          .execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: '/me/factors/totp',
      access: 'session',
      tag,
      summary: 'Offer an authenticator: the secret is shown once',
      body: z.object({ label: z.string().max(80).default('Authenticator') }),
      answer: z.object({ id: uuid, secret: z.string(), uri: z.string() }),
      status: 201,
    },
    async ({ body, principal }) => state.everywhere((tx) => offerTotp(identity, tx, principal, body.label)),
  );
  routes.add(
    {
      method: 'post',
      path: '/me/factors/totp/confirm',
      access: 'session',
      tag,
      summary: 'Confirm it by a code',
      body: z.object({ code: z.string().max(16) }),
      status: 204,
    },
    async ({ body, principal, actor }) =>
      state.everywhere((tx) => confirmTotp(identity, tx, principal, body.code.replace(/\s/g, ''), actor)),
  );
  routes.add(
    {
      method: 'delete',
      path: '/me/factors/{id}',
      access: 'session',
      tag,
      summary: 'Remove a second factor',
      status: 204,
    },
    async ({ params, principal, actor }) =>
      state.everywhere((tx) => removeFactor(identity, tx, principal.id, params.id, actor)),
  );
  routes.add(
    {
      method: 'post',
      path: '/me/recovery-codes',
      access: 'session',
      tag,
      summary: 'New recovery codes; older ones are void',
      body: none,
      answer: z.object({ codes: z.array(z.string()) }),
      status: 201,
    },
    async ({ principal, actor }) => ({
      codes: await state.everywhere((tx) => newRecoveryCodes(identity, tx, principal.id, actor)),
    }),
  );
  routes.add(
    {
      method: 'get',
      path: '/me/sessions',
      access: 'session',
      tag,
      summary: 'One’s sessions',
      answer: page(shapes.openSession),
    },
    async ({ principal }) => ({
      items: (await state.everywhere((tx) => sessionsOf(tx, principal.id))).map((one) => ({
        ...one,
        current: one.id === principal.session,
      })),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'delete',
      path: '/me/sessions',
      access: 'session',
      tag,
      summary: 'End one’s other sessions',
      status: 204,
    },
    ({ principal, actor }) => signOutElsewhere(identity, principal, actor),
  );
  routes.add(
    {
      method: 'post',
      path: '/organizations',
      access: 'installation',
      tag: 'Organisations',
      summary: 'Make an organisation',
      body: organizationBody,
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async ({ body, principal, actor }) => {
      const id = await state.everywhere((tx) => createOrganization(identity, tx, body, { id: principal.id, actor }));
      await deps.events.ensure(id);
      await deps.reload(id);
      return { id };
    },
  );
  routes.add(
    {
      method: 'post',
      path: '/sample',
      access: 'installation',
      tag: 'Organisations',
      summary: 'Make the sample organisation; its logs arrive through the listeners',
      body: none,
      answer: z.object({ organization: z.string() }),
      status: 202,
    },
    async ({ principal }) => ({
      organization: await deps.sample(principal.id),
    }),
  );
}

/** Gives the browser a session. */
export function keepSession(context: Context<ApiEnv>, secure: boolean, { secret, expires }: NewSession): void {
  setCookie(context, COOKIE, secret, { httpOnly: true, sameSite: 'Strict', secure, path: '/', expires });
}

/** What a page of ours sends back with whatever changes something: made of the session, so another site can't know it. */
export function csrfOf(vault: { mac(purpose: string, text: string): string }, session: string | null): string {
  return vault.mac('csrf', session ?? '');
}
