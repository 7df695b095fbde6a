import { loadRules } from '@chaperone/sigma';
import { z } from 'zod';
import {
  coverageOf,
  listPast,
  requestPast,
  ruleCatalogue,
  SWITCHED_ON,
  setRule,
  testRule,
} from '../../detection/index.ts';
import { type Call, page, type Routes } from '../define.ts';
import { cursorOf, placeOf } from '../paging.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { teller } from '../told.ts';

const ORG = '/organizations/{organization}';

/** The rules that run, what each needs, and what the past says of one. */
export function ruleRoutes(routes: Routes): void {
  const { deps } = routes;
  const { events, packs } = deps;
  const told = teller(deps);
  const catalogue = async (call: Call<unknown, unknown>) => {
    const kinds = await deps.kinds(call.organization);
    return call.within((tx) => ruleCatalogue(tx, packs, kinds));
  };

  routes.add(
    {
      method: 'get',
      path: `${ORG}/rules`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'All rules, what each needs, when it fired last, and which are blind',
      query: z.object({
        limit: z.coerce.number().int().min(1).max(5000).default(500),
        cursor: z.string().optional(),
        search: z.string().optional(),
        level: shapes.level.optional(),
        enabled: z.enum(['true', 'false']).optional(),
        blind: z.enum(['true', 'false']).optional(),
      }),
      answer: page(shapes.rule),
    },
    async (call) => {
      const { search, level: wanted, enabled, blind, limit, cursor } = call.query;
      const from = Number(placeOf(cursor, 1)?.[0] ?? 0);
      const words = search?.toLowerCase();
      const found = (await catalogue(call)).filter(
        (one) =>
          (words === undefined || `${one.title} ${one.id} ${one.tags.join(' ')}`.toLowerCase().includes(words)) &&
          (wanted === undefined || one.level === wanted) &&
          (enabled === undefined || one.enabled === (enabled === 'true')) &&
          (blind === undefined || (one.blind !== null) === (blind === 'true')),
      );
      return {
        items: found.slice(from, from + limit).map(({ document: _, ...one }) => one),
        next: cursorOf(from + limit < found.length ? [from + limit] : undefined),
      };
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/rules/coverage`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'How the rules cover ATT&CK, and where they are blind',
      answer: page(shapes.technique),
    },
    async (call) => ({
      items: coverageOf(await catalogue(call)),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/rules/{id}`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'One rule with its text',
      answer: shapes.rule,
    },
    async (call) => {
      const found = (await catalogue(call)).find(({ id }) => id === call.params.id);
      if (found === undefined) throw notFound('rule');
      return found;
    },
  );
  routes.add(
    {
      method: 'patch',
      path: `${ORG}/rules/{id}`,
      access: 'rules:write',
      tag: 'Rules',
      summary: 'Switch a rule on or off, with the reason',
      body: z.object({ enabled: z.boolean(), reason: z.string().max(2000).default('') }),
      answer: shapes.rule,
    },
    async (call) => {
      const found = (await catalogue(call)).find(({ id }) => id === call.params.id);
      if (found === undefined) throw notFound('rule');
      const { enabled, reason } = call.body;
      if (!enabled && reason.trim() === '')
        throw new Problem(
          422,
          'reason_missing',
          'Say why the rule is switched off.',
          'Whoever looks next year must be able to understand it.',
        );
      await call.within(async (tx) => {
        await setRule(tx, call.organization, call.params.id, enabled, reason === '' ? null : reason, call.principal.id);
        await told(call, tx, enabled ? 'rule.enable' : 'rule.disable', 'rule', call.params.id, {
          title: found.title,
          reason,
        });
        if (enabled && !found.enabled)
          await requestPast(tx, call.organization, {
            kind: 'rules',
            subject: found.id,
            title: found.title,
            rules: [found.id],
            reason: SWITCHED_ON,
            cameAt: new Date(),
          });
      });
      await deps.reload(call.organization);
      await deps.judgePast(call.organization);
      return { ...found, enabled, reason };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/rules/test`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'Ask the past: what would a rule have found? Nothing is stored',
      body: z.object({ rule: z.string().max(200_000), from: z.iso.datetime(), to: z.iso.datetime() }),
      answer: shapes.ruleTest,
    },
    async (call) => {
      const { from, to } = call.body;
      let text = call.body.rule;
      if (!text.includes('\n')) {
        const found = (await catalogue(call)).find(({ id }) => id === text);
        if (found?.document === undefined) throw notFound('rule');
        text = found.document;
      }
      const { rules, refused } = loadRules([{ file: 'rule', text }]);
      if (rules.length === 0)
        throw new Problem(
          422,
          'rule_refused',
          refused[0]?.message ?? 'There is no rule in it.',
          refused[0]?.mend ?? 'Give a Sigma rule.',
          { problems: refused },
        );
      return testRule(events, call.organization, rules[0], new Date(from), new Date(to));
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/past-runs`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'New rules and indicators judged against what is stored: what is under way, and what it found',
      answer: page(shapes.pastRun),
    },
    async ({ within }) => ({ items: await within((tx) => listPast(tx)), next: null }),
  );
}
