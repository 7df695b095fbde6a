import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { createToken } from '../../identity/index.ts';
import { parseIp, parseRange } from '../../registry/index.ts';
import { page, type Routes, uuid } from '../define.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { sourceCalls } from '../source-calls.ts';

const AT = '/organizations/{organization}/sources';

/** By what a source is known: its tokens, certificates, addresses and listeners. */
export function sourceCredentialRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const { changed, one } = sourceCalls(deps);
  const tag = 'Sources';
  routes.add(
    {
      method: 'get',
      path: `${AT}/{id}/tokens`,
      access: 'sources:write',
      tag,
      summary: 'Its ingest tokens',
      answer: page(shapes.token),
    },
    async (call) => {
      await one(call);
      return {
        items: await call.within((tx) =>
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
            .where('source_id', '=', call.params.id)
            .orderBy('created_at', 'desc')
            .execute(),
        ),
        next: null,
      };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/{id}/tokens`,
      access: 'sources:write',
      routing: true,
      tag,
      summary: 'Make an ingest token; its secret is in the answer and nowhere else',
      body: z.object({ name: z.string().min(1).max(100), expires_at: z.iso.datetime().optional() }),
      answer: z.object({ id: uuid, secret: z.string() }),
      status: 201,
    },
    async (call) => {
      await one(call);
      return call.within(async (tx) => {
        const { name, expires_at } = call.body;
        const made = await createToken(
          tx,
          identity.vault,
          call.organization,
          {
            kind: 'ingest',
            name,
            source: call.params.id,
            ...(expires_at === undefined ? {} : { expires: new Date(expires_at) }),
          },
          { actor: call.actor, role: call.membership.role },
        );
        await state.announce(tx, { organization: call.organization, kind: 'token', id: made.id });
        return made;
      });
    },
  );
  const binding = z.object({
    kind: z.enum(['certificate', 'address', 'listener']),
    listener: z.string().default(''),
    value: z.string().default(''),
  });
  routes.add(
    {
      method: 'get',
      path: `${AT}/{id}/bindings`,
      access: 'sources:read',
      tag,
      summary: 'Certificates, addresses and listeners by which it is known',
      answer: page(shapes.binding),
    },
    async (call) => {
      await one(call);
      return {
        items: await call.within((tx) =>
          tx
            .selectFrom('source_binding')
            .select(['id', 'kind', 'listener', 'value'])
            .where('source_id', '=', call.params.id)
            .execute(),
        ),
        next: null,
      };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/{id}/bindings`,
      access: 'sources:write',
      routing: true,
      tag,
      summary: 'Bind a certificate, an address or a listener to it',
      body: binding,
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async (call) => {
      await one(call);
      const value = boundValue(call.body);
      const id = randomUUID();
      await call.within(async (tx) => {
        const { kind: by, listener } = call.body;
        const made = await tx
          .insertInto('source_binding')
          .values({ id, organization_id: call.organization, source_id: call.params.id, kind: by, listener, value })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (made === undefined)
          throw new Problem(
            409,
            'bound_already',
            'This is bound to a source already.',
            'Each certificate, address and listener belongs to one source of one organisation.',
          );
        await changed(call, tx, 'source.bind', call.params.id, { by, listener, value });
      });
      return { id };
    },
  );
  routes.add(
    {
      method: 'delete',
      path: `${AT}/{id}/bindings/{binding}`,
      access: 'sources:write',
      routing: true,
      tag,
      summary: 'Unbind',
      status: 204,
    },
    async (call) =>
      call.within(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('source_binding')
          .where('id', '=', call.params.binding)
          .where('source_id', '=', call.params.id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw notFound('binding');
        await changed(call, tx, 'source.unbind', call.params.id);
      }),
  );
}

/** @throws Problem 422 for what is no fingerprint, address or network */
function boundValue({ kind: by, value, listener }: { kind: string; value: string; listener: string }): string {
  if (by === 'listener') {
    if (listener === '')
      throw new Problem(422, 'invalid', 'Name the listener.', 'Its name stands in the configuration of the service.');
    return '';
  }
  if (by === 'certificate') {
    const print = value.replace(/[:\s]/g, '').toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(print))
      throw new Problem(
        422,
        'invalid',
        'This is no SHA-256 fingerprint.',
        'openssl x509 -noout -fingerprint -sha256 -in client.crt',
      );
    return print;
  }
  if (parseIp(value) === undefined && parseRange(value) === undefined)
    throw new Problem(422, 'invalid', 'This is no address and no network.', 'For example 192.0.2.17 or 192.0.2.0/24.');
  return value;
}
