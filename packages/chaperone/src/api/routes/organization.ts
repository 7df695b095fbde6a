import { z } from 'zod';
import {
  audit,
  changeRole,
  createToken,
  disableMember,
  enableMember,
  invite,
  issueReset,
  removeMember,
  revokeToken,
} from '../../identity/index.ts';
import { none, page, type Routes, uuid, zone } from '../define.ts';
import { notFound } from '../problem.ts';
import * as shapes from '../shapes.ts';

const { role } = shapes;
const AT = '/organizations/{organization}';

/** An organisation, its people, its API tokens. */
export function organizationRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const tag = 'Organisation';
  const read = (id: string) =>
    state.within(id, (tx) =>
      tx
        .selectFrom('organization')
        .select(['id', 'slug', 'name', 'side', 'zone', 'retention_days'])
        .executeTakeFirstOrThrow(),
    );

  routes.add(
    {
      method: 'get',
      path: AT,
      access: 'organization:read',
      tag,
      summary: 'The organisation',
      answer: shapes.organization,
    },
    (call) => read(call.organization),
  );
  routes.add(
    {
      method: 'patch',
      path: AT,
      access: 'organization:write',
      tag,
      summary: 'Change its name, zone or how long events are kept',
      body: z.object({
        name: z.string().min(1).max(200).optional(),
        zone: zone.optional(),
        retention_days: z.number().int().min(1).nullable().optional(),
      }),
      answer: shapes.organization,
    },
    async ({ organization: id, body, actor, within }) => {
      await within(async (tx) => {
        if (Object.keys(body).length > 0) await tx.updateTable('organization').set(body).where('id', '=', id).execute();
        await audit(tx, identity.vault, id, {
          actor,
          action: 'organization.change',
          object: { kind: 'organization', id },
          detail: body,
        });
        await state.announce(tx, { organization: id, kind: 'organization', id });
      });
      return read(id);
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${AT}/status`,
      access: 'organization:read',
      tag,
      summary: 'Whether its events are judged as they should be',
      answer: shapes.serviceStatus,
    },
    async ({ organization: id }) => {
      const { deaths, last_death, down, unjudged } = deps.engine(id);
      return { engine: down ? 'starting again' : 'running', deaths, last_death, unjudged };
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${AT}/users`,
      access: 'users:read',
      tag,
      summary: 'Its people and their roles',
      answer: page(shapes.member),
    },
    async ({ organization: id }) => ({
      items: await state.everywhere((tx) =>
        tx
          .selectFrom('membership')
          .innerJoin('app_user', 'app_user.id', 'membership.user_id')
          .select([
            'app_user.id',
            'app_user.email',
            'app_user.name',
            'membership.role',
            'membership.provider',
            'app_user.last_sign_in_at',
            'app_user.disabled_at',
          ])
          .where('membership.organization_id', '=', id)
          .orderBy('app_user.name')
          .execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/users`,
      access: 'users:write',
      tag,
      summary: 'Invite somebody; the link is given once',
      body: z.object({ email: z.email(), name: z.string().min(1).max(200), role, provider: z.string().optional() }),
      answer: z.object({ id: uuid, link: z.string().nullable() }),
      status: 201,
    },
    async ({ organization: id, body, actor }) => {
      const { user, secret } = await state.everywhere((tx) => invite(identity, tx, id, body, actor));
      return { id: user, link: secret === undefined ? null : `${deps.publicUrl}/#/accept?token=${secret}` };
    },
  );
  routes.add(
    {
      method: 'patch',
      path: `${AT}/users/{id}`,
      access: 'users:write',
      tag,
      summary: 'Change somebody’s role',
      body: z.object({ role, provider: z.string().optional() }),
      status: 204,
    },
    async ({ organization: id, params, body, actor }) =>
      state.everywhere((tx) => changeRole(identity, tx, id, params.id, body.role, body.provider, actor)),
  );
  routes.add(
    {
      method: 'delete',
      path: `${AT}/users/{id}`,
      access: 'users:write',
      tag,
      summary: 'Remove somebody from the organisation',
      status: 204,
    },
    async ({ organization: id, params, actor }) =>
      state.everywhere((tx) => removeMember(identity, tx, id, params.id, actor)),
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/users/{id}/reset`,
      access: 'users:write',
      tag,
      summary: 'A one-time link for a new password',
      body: z.object({}),
      answer: z.object({ link: z.string() }),
      status: 201,
    },
    async ({ organization: id, params, actor }) =>
      state.everywhere(async (tx) => {
        const there = await tx
          .selectFrom('membership')
          .select('user_id')
          .where('organization_id', '=', id)
          .where('user_id', '=', params.id)
          .executeTakeFirst();
        if (there === undefined) throw notFound('person');
        return { link: `${deps.publicUrl}/#/accept?token=${await issueReset(identity, tx, params.id, actor)}` };
      }),
  );
  for (const [verb, summary, work] of [
    ['disable', 'Disable somebody: sessions end, and nobody signs in by the account', disableMember],
    ['enable', 'Let somebody sign in again', enableMember],
  ] as const)
    routes.add(
      {
        method: 'post',
        path: `${AT}/users/{id}/${verb}`,
        access: 'users:write',
        tag,
        summary,
        body: none,
        status: 204,
      },
      async ({ organization: id, params, actor }) => state.everywhere((tx) => work(identity, tx, id, params.id, actor)),
    );
  routes.add(
    {
      method: 'get',
      path: `${AT}/tokens`,
      access: 'tokens:read',
      tag,
      summary: 'API tokens, without their secrets',
      answer: page(shapes.token),
    },
    async ({ within }) => ({
      items: await within((tx) =>
        tx
          .selectFrom('token')
          .select([
            'id',
            'kind',
            'name',
            'prefix',
            'role',
            'scopes',
            'created_at',
            'expires_at',
            'revoked_at',
            'last_used_at',
          ])
          .where('kind', '=', 'api')
          .orderBy('created_at', 'desc')
          .execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/tokens`,
      access: 'tokens:write',
      routing: true,
      tag,
      summary: 'Make an API token; its secret is in the answer and nowhere else',
      body: z.object({
        name: z.string().min(1).max(100),
        role: role.exclude(['provider_reader']),
        scopes: z.array(z.string()).default([]),
        expires_at: z.iso.datetime().optional(),
      }),
      answer: z.object({ id: uuid, secret: z.string() }),
      status: 201,
    },
    async ({ organization: id, body, actor, membership, within }) =>
      within((tx) =>
        createToken(
          tx,
          identity.vault,
          id,
          { kind: 'api', ...body, ...(body.expires_at === undefined ? {} : { expires: new Date(body.expires_at) }) },
          { actor, role: membership.role },
        ),
      ),
  );
  routes.add(
    {
      method: 'delete',
      path: `${AT}/tokens/{id}`,
      access: 'tokens:write',
      routing: true,
      tag,
      summary: 'Revoke a token, of the API or of a source',
      status: 204,
    },
    async ({ organization: id, params, actor, within }) =>
      within(async (tx) => {
        await revokeToken(tx, identity.vault, id, params.id, actor);
        await state.announce(tx, { organization: id, kind: 'token', id: params.id });
      }),
  );
}
