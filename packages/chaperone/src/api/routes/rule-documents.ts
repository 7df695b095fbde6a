import { randomUUID } from 'node:crypto';
import { loadRules } from '@chaperone/sigma';
import { z } from 'zod';
import { ADDED, CHANGED, requestPast, SWITCHED_ON } from '../../detection/index.ts';
import type { Tx } from '../../storage/index.ts';
import { type Call, page, type Routes, uuid } from '../define.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { teller } from '../told.ts';

const ORG = '/organizations/{organization}';

/** Rules of one's own. */
export function ruleDocumentRoutes(routes: Routes): void {
  const { deps } = routes;
  const told = teller(deps);
  const documentBody = z.object({
    name: z.string().min(1).max(200),
    document: z.string().min(1).max(500_000),
    enabled: z.boolean().default(true),
  });
  const sound = (text: string) => {
    const { rules, correlations, refused } = loadRules([{ file: 'rule', text }]);
    if (refused.length > 0 || rules.length + correlations.length === 0)
      throw new Problem(
        422,
        'rule_refused',
        refused[0]?.message ?? 'There is no rule in it.',
        refused[0]?.mend ?? 'Give a Sigma rule.',
        {
          problems: refused.map(({ line, message, mend, code }) => ({ line, message, mend, code })),
        },
      );
  };
  const askPast = (call: Call<z.infer<typeof documentBody>, unknown>, tx: Tx, id: string, reason: string) => {
    const { name, document: text } = call.body;
    const { rules, correlations } = loadRules([{ file: `own/${name}`, text }]);
    const all = [...rules, ...correlations];
    return requestPast(tx, call.organization, {
      kind: 'rules',
      subject: id,
      title: all.length === 1 ? all[0].title : name,
      rules: all.map((one) => one.id),
      reason,
      cameAt: new Date(),
    });
  };
  routes.add(
    {
      method: 'get',
      path: `${ORG}/rule-documents`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'The organisation’s own rules',
      answer: page(shapes.ruleDocument),
    },
    async ({ within }) => ({
      items: await within((tx) =>
        tx
          .selectFrom('rule_document')
          .select(['id', 'name', 'document', 'version', 'enabled', 'created_at', 'updated_at'])
          .orderBy('name')
          .execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/rule-documents`,
      access: 'rules:write',
      tag: 'Rules',
      summary: 'Add a rule of one’s own',
      body: documentBody,
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async (call) => {
      sound(call.body.document);
      const id = randomUUID();
      await call.within(async (tx) => {
        const made = await tx
          .insertInto('rule_document')
          .values({ id, organization_id: call.organization, ...call.body, version: 1, created_by: call.principal.id })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (made === undefined)
          throw new Problem(409, 'name_taken', 'There is a rule of this name.', 'Choose another name.');
        await told(call, tx, 'rule_document.create', 'rule', id, { name: call.body.name });
        if (call.body.enabled) await askPast(call, tx, id, ADDED);
      });
      await deps.reload(call.organization);
      await deps.judgePast(call.organization);
      return { id };
    },
  );
  routes.add(
    {
      method: 'put',
      path: `${ORG}/rule-documents/{id}`,
      access: 'rules:write',
      tag: 'Rules',
      summary: 'Change a rule of one’s own',
      body: documentBody,
      status: 204,
    },
    async (call) => {
      sound(call.body.document);
      await call.within(async (tx) => {
        const old = await tx
          .selectFrom('rule_document')
          .select(['version', 'enabled'])
          .where('id', '=', call.params.id)
          .executeTakeFirst();
        if (old === undefined) throw notFound('rule');
        await tx
          .updateTable('rule_document')
          .set({ ...call.body, version: old.version + 1, updated_at: new Date() })
          .where('id', '=', call.params.id)
          .execute();
        await told(call, tx, 'rule_document.change', 'rule', call.params.id, {
          name: call.body.name,
          version: old.version + 1,
        });
        if (call.body.enabled) await askPast(call, tx, call.params.id, old.enabled ? CHANGED : SWITCHED_ON);
      });
      await deps.reload(call.organization);
      await deps.judgePast(call.organization);
    },
  );
  routes.add(
    {
      method: 'delete',
      path: `${ORG}/rule-documents/{id}`,
      access: 'rules:write',
      tag: 'Rules',
      summary: 'Remove a rule of one’s own',
      status: 204,
    },
    async (call) => {
      await call.within(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom('rule_document')
          .where('id', '=', call.params.id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) throw notFound('rule');
        await told(call, tx, 'rule_document.delete', 'rule', call.params.id, {});
      });
      await deps.reload(call.organization);
    },
  );
}
