import { randomUUID } from 'node:crypto';
import { loadRules } from '@chaperone/sigma';
import { z } from 'zod';
import {
  ADDED,
  CHANGED,
  coverageOf,
  eventsOfFinding,
  type FindingCursor,
  getFinding,
  listFindings,
  listPast,
  requestPast,
  ruleCatalogue,
  SWITCHED_ON,
  setRule,
  testRule,
} from '../../detection/index.ts';
import { audit } from '../../identity/index.ts';
import type { Tx } from '../../storage/index.ts';
import { type Call, page, paging, type Routes, uuid } from '../define.ts';
import { cursorOf, placeOf } from '../paging.ts';
import { notFound, Problem } from '../problem.ts';

const ORG = '/organizations/{organization}';
const level = z.enum(['critical', 'high', 'medium', 'low', 'informational']);

/** Rules, exceptions, findings, events. */
export function detectionRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state, events, packs } = deps;
  const told = async (
    call: Call<unknown, unknown>,
    tx: Parameters<typeof audit>[0],
    action: string,
    kind: string,
    id: string,
    detail: Record<string, unknown>,
  ) => {
    await audit(tx, identity.vault, call.organization, { actor: call.actor, action, object: { kind, id }, detail });
    await state.announce(tx, { organization: call.organization, kind, id });
  };
  const catalogue = async (call: Call<unknown, unknown>) => {
    const kinds = await deps.kinds(call.organization);
    return call.within((tx) => ruleCatalogue(tx, packs, kinds));
  };
  const rule = z.looseObject({
    id: z.string(),
    title: z.string(),
    level,
    enabled: z.boolean(),
    blind: z.string().nullable(),
    hits: z.number(),
  });

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
        level: level.optional(),
        enabled: z.enum(['true', 'false']).optional(),
        blind: z.enum(['true', 'false']).optional(),
      }),
      answer: page(rule),
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
      answer: page(z.looseObject({ tactic: z.string(), technique: z.string(), rules: z.number() })),
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
      answer: rule,
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
      answer: rule,
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
      answer: z.looseObject({ matches: z.number() }),
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
  const document = z.looseObject({ id: uuid, name: z.string(), document: z.string(), enabled: z.boolean() });
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
      path: `${ORG}/past-runs`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'New rules and indicators judged against what is stored: what is under way, and what it found',
      answer: page(
        z.looseObject({
          id: uuid,
          kind: z.enum(['rules', 'feed']),
          subject: z.string(),
          state: z.enum(['waiting', 'running', 'done', 'failed', 'replaced']),
          matches: z.number(),
          findings: z.number(),
        }),
      ),
    },
    async ({ within }) => ({ items: await within((tx) => listPast(tx)), next: null }),
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/rule-documents`,
      access: 'rules:read',
      tag: 'Rules',
      summary: 'The organisation’s own rules',
      answer: page(document),
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

  const exception = z.looseObject({
    id: uuid,
    owner: z.string(),
    reason: z.string(),
    ends_at: z.iso.datetime(),
    held_back: z.number(),
  });
  const subject = z.string().min(1).max(500).nullable().default(null);
  routes.add(
    {
      method: 'get',
      path: `${ORG}/exceptions`,
      access: 'exceptions:read',
      tag: 'Exceptions',
      summary: 'Exceptions with what they held back',
      answer: page(exception),
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
        fields.length === 0
      )
        throw new Problem(
          422,
          'too_wide',
          'It would hold back everything.',
          'Name at least a rule, an account, a host or an address.',
        );
      const id = randomUUID();
      await call.within(async (tx) => {
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

  const finding = z.looseObject({
    id: uuid,
    detector: z.string(),
    rule_id: z.string(),
    rule_title: z.string(),
    level,
    count: z.number(),
    why: z.string(),
    first_at: z.iso.datetime(),
    last_at: z.iso.datetime(),
  });
  routes.add(
    {
      method: 'get',
      path: `${ORG}/findings`,
      access: 'findings:read',
      tag: 'Findings',
      summary: 'Findings, newest first',
      query: z.object({
        ...paging,
        level: z.string().optional(),
        detector: z.string().optional(),
        provider: z.string().optional(),
        rule: z.string().optional(),
        from: z.iso.datetime().optional(),
        to: z.iso.datetime().optional(),
        search: z.string().max(200).optional(),
        held: z.enum(['true', 'false']).optional(),
      }),
      answer: page(finding),
    },
    async (call) => {
      const { limit, cursor, level: levels, from, to, held, provider, ...rest } = call.query;
      // A provider's reader sees the provider's findings and no others, whatever is asked for.
      const own = call.membership.provider ?? provider;
      const { items, next } = await call.within((tx) =>
        listFindings(
          tx,
          {
            ...rest,
            ...(own === undefined ? {} : { provider: own }),
            ...(levels === undefined ? {} : { level: levels.split(',') }),
            ...(from === undefined ? {} : { from: new Date(from) }),
            ...(to === undefined ? {} : { to: new Date(to) }),
            ...(held === undefined ? {} : { held: held === 'true' }),
          },
          placeOf(cursor, 2) as FindingCursor | undefined,
          limit,
        ),
      );
      return { items: items.map(({ document: _, ...one }) => one), next: cursorOf(next) };
    },
  );
  const oneFinding = async (call: Call<unknown, unknown>) => {
    const found = isUuid(call.params.id) ? await call.within((tx) => getFinding(tx, call.params.id)) : undefined;
    if (found === undefined || (call.membership.provider !== null && found.provider !== call.membership.provider))
      throw notFound('finding');
    return found;
  };
  routes.add(
    {
      method: 'get',
      path: `${ORG}/findings/{id}`,
      access: 'findings:read',
      tag: 'Findings',
      summary: 'One finding with its why',
      answer: finding,
    },
    oneFinding,
  );
  const event = z.looseObject({
    id: uuid,
    kind: z.string(),
    raw: z.string(),
    received: z.iso.datetime(),
    time: z.iso.datetime().nullable(),
  });
  routes.add(
    {
      method: 'get',
      path: `${ORG}/findings/{id}/events`,
      access: 'events:read',
      tag: 'Findings',
      summary: 'Its events, oldest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      answer: page(event),
    },
    async (call) => {
      await oneFinding(call);
      return {
        items: (
          await call.within((tx) => eventsOfFinding(tx, events, call.organization, call.params.id, call.query.limit))
        ).map(shown),
        next: null,
      };
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/events/{id}`,
      access: 'events:read',
      tag: 'Findings',
      summary: 'One event down to the raw record',
      answer: event,
    },
    async (call) => {
      const found = isUuid(call.params.id) ? await events.event(call.organization, call.params.id) : undefined;
      if (found === undefined) throw notFound('event');
      return shown(found);
    },
  );
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** An event with its times as the API gives them. */
function shown<E extends { readonly time: number; readonly timed: boolean; readonly received: number }>({
  time,
  timed,
  received,
  ...rest
}: E) {
  return { ...rest, time: timed ? stamp(time) : null, received: stamp(received) };
}

function stamp(micros: number): string {
  const kept = Math.min(Math.max(micros, -62_135_596_800_000_000), 253_402_300_799_000_000);
  const seconds = Math.floor(kept / 1e6);
  return new Date(seconds * 1000)
    .toISOString()
    .replace(/\.\d+Z$/, `.${String(Math.floor(kept - seconds * 1e6)).padStart(6, '0')}Z`);
}
