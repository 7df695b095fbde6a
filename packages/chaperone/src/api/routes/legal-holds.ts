import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { page, type Routes, uuid } from '../define.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { teller } from '../told.ts';

const ORG = '/organizations/{organization}';

/** Legal holds: what must not be deleted. */
export function legalHoldRoutes(routes: Routes): void {
  const { deps } = routes;
  const told = teller(deps);
  routes.add(
    {
      method: 'get',
      path: `${ORG}/legal-holds`,
      // Not for a provider's reader: a hold may be about the provider.
      access: 'events:read',
      tag: 'Legal holds',
      summary: 'What must not be deleted',
      answer: page(shapes.legalHold),
    },
    async ({ within }) => ({
      items: (
        await within((tx) => tx.selectFrom('legal_hold').selectAll().orderBy('created_at', 'desc').execute())
      ).map(({ organization_id: _, ...row }) => row),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/legal-holds`,
      access: 'holds:write',
      tag: 'Legal holds',
      summary: 'Keep everything, or one source’s events, whatever the retention says',
      body: z.object({
        source_id: uuid.nullable().default(null),
        reason: z.string().min(1).max(2000),
        owner: z.string().min(1).max(200),
        ends_at: z.iso
          .datetime()
          .nullable()
          .default(null)
          .describe('when it ends by itself; null: when somebody releases it'),
      }),
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async (call) => {
      const { ends_at } = call.body;
      if (ends_at !== null && Date.parse(ends_at) <= Date.now())
        throw new Problem(422, 'invalid', 'ends_at: lies in the past', 'Give a day to come, or none.');
      const id = randomUUID();
      await call.within(async (tx) => {
        await tx
          .insertInto('legal_hold')
          .values({ id, organization_id: call.organization, ...call.body, created_by: call.principal.id })
          .execute();
        await told(call, tx, 'legal_hold.create', 'legal_hold', id, call.body);
      });
      return { id };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/legal-holds/{id}/release`,
      access: 'holds:write',
      tag: 'Legal holds',
      summary: 'Release a hold',
      body: z.object({}),
      status: 204,
    },
    async (call) =>
      call.within(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('legal_hold')
          .set({ released_at: new Date(), released_by: call.principal.id })
          .where('id', '=', call.params.id)
          .where('released_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw notFound('hold');
        await told(call, tx, 'legal_hold.release', 'legal_hold', call.params.id);
      }),
  );
}
