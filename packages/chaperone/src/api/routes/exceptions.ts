import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { page, type Routes, uuid } from '../define.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { teller } from '../told.ts';

const ORG = '/organizations/{organization}';

/** Exceptions: what is held back, why, and until when. */
export function exceptionRoutes(routes: Routes): void {
  const { deps } = routes;
  const told = teller(deps);
  const subject = z.string().min(1).max(500).nullable().default(null);
  routes.add(
    {
      method: 'get',
      path: `${ORG}/exceptions`,
      access: 'exceptions:read',
      tag: 'Exceptions',
      summary: 'Exceptions with what they held back',
      answer: page(shapes.exception),
    },
    async ({ within }) => ({
      items: (await within((tx) => tx.selectFrom('exception').selectAll().orderBy('created_at', 'desc').execute())).map(
        ({ organization_id: _, ...row }) => row,
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/exceptions`,
      access: 'exceptions:write',
      tag: 'Exceptions',
      summary: 'Hold findings back, for a reason and until an end',
      body: z.object({
        detector: z.enum(['rule', 'correlation', 'indicator', 'term', 'change', 'silence']).nullable().default(null),
        rule_id: subject,
        provider: subject,
        account: subject,
        host: subject,
        src_ip: subject,
        source_id: uuid.nullable().default(null),
        fields: z
          .array(z.object({ field: z.string(), value: z.string() }))
          .max(20)
          .default([]),
        owner: z.string().min(1).max(200),
        reason: z.string().min(1).max(2000),
        ends_at: z.iso.datetime(),
      }),
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async (call) => {
      const { fields, ends_at, ...rest } = call.body;
      const ends = new Date(ends_at);
      if (ends.getTime() <= Date.now())
        throw new Problem(422, 'invalid', 'The end has passed.', 'Give an end in the future.');
      if (
        rest.rule_id === null &&
        rest.provider === null &&
        rest.account === null &&
        rest.host === null &&
        rest.src_ip === null &&
        rest.source_id === null &&
        fields.length === 0
      )
        throw new Problem(
          422,
          'too_wide',
          'It would hold back everything.',
          'Name at least a rule, an account, a host, an address or a source.',
        );
      const id = randomUUID();
      await call.within(async (tx) => {
        if (
          rest.source_id !== null &&
          (await tx.selectFrom('source').select('id').where('id', '=', rest.source_id).executeTakeFirst()) === undefined
        )
          throw notFound('source');
        await tx
          .insertInto('exception')
          .values({
            id,
            organization_id: call.organization,
            ...rest,
            fields: JSON.stringify(fields),
            ends_at: ends,
            created_by: call.principal.id,
          })
          .execute();
        await told(call, tx, 'exception.create', 'exception', id, { ...call.body });
      });
      await deps.exceptionsChanged(call.organization);
      return { id };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/exceptions/{id}/end`,
      access: 'exceptions:write',
      tag: 'Exceptions',
      summary: 'End an exception before its time',
      body: z.object({}),
      status: 204,
    },
    async (call) => {
      await call.within(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('exception')
          .set({ ended_at: new Date(), ended_by: call.principal.id })
          .where('id', '=', call.params.id)
          .where('ended_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw notFound('exception that goes on');
        await told(call, tx, 'exception.end', 'exception', call.params.id, {});
      });
      await deps.exceptionsChanged(call.organization);
    },
  );
}
