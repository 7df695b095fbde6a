import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import {
  addOidcProvider,
  addPasskey,
  askPasskey,
  changeOidcProvider,
  finishOidc,
  IdentityError,
  offerPasskey,
  removeOidcProvider,
  signInByPasskey,
  startOidc,
  tryOidcProvider,
} from '../../identity/index.ts';
import { type ApiEnv, none, page, type Routes, uuid } from '../define.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { keepSession } from './sign-in.ts';

const FLOW = 'chaperone_oidc';
/** Why a sign-in failed: for the console's sign-in page, which alone can read it. Not in the address, where anybody could write it. */
const WHY = 'chaperone_problem';
const CALLBACK = '/session/oidc/callback';
const AT = '/organizations/{organization}/oidc-providers';

/** Sign-in by passkey, and by the identity provider of an organisation. */
export function otherSignInRoutes(routes: Routes): void {
  passkeyRoutes(routes);
  oidcRoutes(routes);
  providerRoutes(routes);
}

function passkeyRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const { origin } = new URL(deps.publicUrl);
  const options = z.looseObject({ challenge: z.string() });
  const response = z.looseObject({ id: z.string().max(2048) });
  routes.add(
    {
      method: 'post',
      path: '/session/passkey/options',
      access: 'public',
      tag: 'Sign-in',
      summary: 'What the browser needs for signing in by a passkey',
      body: none,
      answer: options,
    },
    async () => askPasskey(identity, origin),
  );
  routes.add(
    {
      method: 'post',
      path: '/session/passkey',
      access: 'public',
      tag: 'Sign-in',
      summary: 'Sign in by a passkey, alone or after the password',
      body: z.object({ response }),
      answer: z.object({ state: z.string() }),
    },
    async ({ body, principal, client, context }) => {
      const half = principal?.state === 'password' ? principal : undefined;
      const signed = await signInByPasskey(identity, body.response, origin, half, client);
      keepSession(context, deps.secure, signed);
      return { state: signed.state };
    },
  );
  routes.add(
    {
      method: 'post',
      path: '/me/factors/passkey/options',
      access: 'session',
      tag: 'Sign-in',
      summary: 'What the browser needs for making a passkey',
      body: none,
      answer: options,
    },
    async ({ principal }) => state.everywhere((tx) => offerPasskey(identity, tx, principal, origin)),
  );
  routes.add(
    {
      method: 'post',
      path: '/me/factors/passkey',
      access: 'session',
      tag: 'Sign-in',
      summary: 'Keep a passkey that the browser made; other sessions end',
      body: z.object({ label: z.string().min(1).max(80).default('Passkey'), response }),
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async ({ body, principal, actor }) => ({
      id: await state.everywhere((tx) => addPasskey(identity, tx, principal, { ...body, origin }, actor)),
    }),
  );
}

function oidcRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const callback = callbackOf(deps.publicUrl);
  /** A browser stands here, not a program: it is led back to the sign-in page, which says why. */
  const lead = (context: Context<ApiEnv>, error: unknown) => {
    if (!(error instanceof IdentityError)) throw error;
    const why = JSON.stringify({ message: error.message, mend: error.mend });
    setCookie(context, WHY, why, { sameSite: 'Strict', secure: deps.secure, path: '/', maxAge: 60 });
    return context.redirect(`${deps.publicUrl.replace(/\/$/, '')}/#/sign-in`);
  };
  routes.add(
    {
      method: 'get',
      path: '/session/oidc',
      access: 'public',
      tag: 'Sign-in',
      summary: 'The identity providers that one can sign in by',
      answer: page(z.object({ id: uuid, name: z.string() })),
    },
    async () => ({
      items: await state.everywhere((tx) =>
        tx.selectFrom('oidc_provider').select(['id', 'name']).where('enabled', '=', true).orderBy('name').execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'get',
      path: CALLBACK,
      access: 'public',
      tag: 'Sign-in',
      summary: 'Where the identity provider sends the browser back to',
    },
    async ({ client, context }) => {
      const answer = new URL(`${callback}${new URL(context.req.url).search}`);
      try {
        keepSession(context, deps.secure, await finishOidc(identity, getCookie(context, FLOW) ?? '', answer, client));
      } catch (error) {
        return lead(context, error);
      }
      setCookie(context, FLOW, '', { httpOnly: true, secure: deps.secure, path: '/api/v1/session/oidc', maxAge: 0 });
      return context.redirect(`${deps.publicUrl.replace(/\/$/, '')}/`);
    },
  );
  routes.add(
    {
      method: 'get',
      path: '/session/oidc/{id}/start',
      access: 'public',
      tag: 'Sign-in',
      summary: 'Go to an identity provider; answers with a redirect',
    },
    async ({ params, context }) => {
      if (!uuid.safeParse(params.id).success) throw notFound('identity provider');
      let begun: Awaited<ReturnType<typeof startOidc>>;
      try {
        begun = await startOidc(identity, params.id, callback);
      } catch (error) {
        return lead(context, error);
      }
      const { url, flow } = begun;
      // Lax, for the provider's redirect back comes from another site.
      setCookie(context, FLOW, flow, {
        httpOnly: true,
        sameSite: 'Lax',
        secure: deps.secure,
        path: '/api/v1/session/oidc',
        maxAge: 600,
      });
      return context.redirect(url);
    },
  );
}

function callbackOf(publicUrl: string): string {
  return `${publicUrl.replace(/\/$/, '')}/api/v1${CALLBACK}`;
}

function providerRoutes(routes: Routes): void {
  const { identity, state, publicUrl } = routes.deps;
  const tag = 'Organisations';
  const role = shapes.role.exclude(['provider_reader']);
  const shown = {
    name: z.string().min(1).max(80),
    issuer: z.url({ protocol: /^https?$/ }).max(500),
    client_id: z.string().min(1).max(300),
  };
  routes.add(
    {
      method: 'get',
      path: AT,
      access: 'users:read',
      tag,
      summary: 'Identity providers of its people, without secrets',
      answer: page(shapes.signInProvider).extend({
        redirect: z.string().describe('the redirect address that the provider must be told of'),
      }),
    },
    async ({ organization }) => ({
      redirect: callbackOf(publicUrl),
      items: await state.everywhere((tx) =>
        tx
          .selectFrom('oidc_provider')
          .select(['id', 'name', 'issuer', 'client_id', 'default_role', 'enabled'])
          .where('organization_id', '=', organization)
          .orderBy('name')
          .execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: AT,
      access: 'users:write',
      tag,
      summary: 'Let people sign in by an identity provider',
      body: z.object({ ...shown, client_secret: z.string().max(1000).optional(), default_role: role.optional() }),
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async ({ organization, body, principal, actor }) => {
      mustBeSafe(body.issuer, principal.installationAdministrator);
      const wanted = { ...body, inside: principal.installationAdministrator };
      return { id: await state.everywhere((tx) => addOidcProvider(identity, tx, organization, wanted, actor)) };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/{id}/test`,
      access: 'users:write',
      tag,
      summary: 'Ask an identity provider for its configuration, without signing anybody in',
      body: none,
      answer: shapes.signInProviderTest,
    },
    async ({ organization, params }) => tryOidcProvider(identity, organization, params.id),
  );
  routes.add(
    {
      method: 'patch',
      path: `${AT}/{id}`,
      access: 'users:write',
      tag,
      summary: 'Change an identity provider, or switch it on or off',
      body: z.object({
        name: shown.name.optional(),
        issuer: shown.issuer.optional(),
        client_id: shown.client_id.optional(),
        client_secret: z.string().min(1).max(1000).nullable().optional().describe('left out: as it is; null: none'),
        default_role: role.nullable().optional(),
        enabled: z.boolean().optional(),
      }),
      status: 204,
    },
    async ({ organization, params, body, principal, actor }) => {
      if (body.issuer !== undefined) mustBeSafe(body.issuer, principal.installationAdministrator);
      const wanted = { ...body, inside: principal.installationAdministrator };
      await state.everywhere((tx) => changeOidcProvider(identity, tx, organization, params.id, wanted, actor));
    },
  );
  routes.add(
    {
      method: 'delete',
      path: `${AT}/{id}`,
      access: 'users:write',
      tag,
      summary: 'Remove an identity provider',
      status: 204,
    },
    async ({ organization, params, actor }) =>
      state.everywhere((tx) => removeOidcProvider(identity, tx, organization, params.id, actor)),
  );
}

/** What runs beside us on this machine is no business of one organisation's administrators. */
function mustBeSafe(issuer: string, installationAdministrator: boolean): void {
  if (new URL(issuer).protocol !== 'https:' && !installationAdministrator)
    throw new Problem(422, 'invalid', 'issuer: begins with https://', 'Give the issuer’s address with https.');
}
