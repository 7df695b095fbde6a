import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  CHANGED,
  type FeedOutcome,
  importIndicators,
  LISTED,
  pullFeed,
  requestPast,
  SWITCHED_ON,
} from '../../detection/index.ts';
import { may } from '../../identity/index.ts';
import { type Call, page, paging, type Routes, uuid } from '../define.ts';
import { feedSettings, feedSettingsToStore, otherList, shownFeedSettings } from '../feed-settings.ts';
import { cursorOf, placeOf } from '../paging.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { teller } from '../told.ts';

const ORG = '/organizations/{organization}';
/** Bytes of a file of indicators: a million of them are some 60 MB. */
const MOST_IMPORT = 128 << 20;

/** Indicators and the feeds that they come from. */
export function indicatorRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const told = teller(deps);
  /** New indicators are judged against what is stored. */
  const askPast = async (
    call: Call<unknown, unknown>,
    feed: { readonly id: string; readonly name: string },
    cameAt: Date,
    outcome: Pick<FeedOutcome, 'added' | 'again'> | typeof SWITCHED_ON | typeof CHANGED,
  ) => {
    if (typeof outcome !== 'string' && outcome.added + outcome.again === 0) return;
    await call.within((tx) =>
      requestPast(tx, call.organization, {
        kind: 'feed',
        subject: feed.id,
        title: feed.name,
        reason: typeof outcome === 'string' ? outcome : LISTED,
        cameAt,
      }),
    );
    await deps.judgePast(call.organization);
  };
  const seal = (secret: string) => identity.vault.seal('settings', secret);
  /** What stands in networks of our own, and what goes unencrypted, is for who answers for the installation. */
  const mustBeSafe = (call: Call<unknown, unknown>, settings: z.infer<typeof feedSettings>, before: object = {}) => {
    for (const name of ['allow_private', 'allow_http'] as const)
      if (settings[name] === true && !(name in before) && !call.principal.installationAdministrator)
        throw new Problem(
          422,
          'invalid',
          `settings.${name}: is for administrators of the installation to set`,
          'Leave it out, or ask one of them.',
        );
  };
  const vault = { open: (sealed: string) => identity.vault.open('settings', sealed) };
  const feedRow = async (call: Call<unknown, unknown>) => {
    const row = await call.within((tx) =>
      tx.selectFrom('indicator_feed').selectAll().where('id', '=', call.params.id).executeTakeFirst(),
    );
    if (row === undefined) throw notFound('feed');
    return row;
  };

  routes.add(
    {
      method: 'get',
      path: `${ORG}/indicator-feeds`,
      access: 'indicators:read',
      tag: 'Indicators',
      summary: 'Feeds of indicators',
      answer: page(shapes.feed),
    },
    async ({ within, membership }) => ({
      items: (await within((tx) => tx.selectFrom('indicator_feed').selectAll().orderBy('name').execute())).map(
        ({ organization_id: _, settings, cursor: __, ...row }) => ({
          ...row,
          // An address may hold a key, too.
          settings: may(membership.role, 'indicators:write') ? shownFeedSettings(settings) : null,
        }),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/indicator-feeds`,
      access: 'indicators:write',
      tag: 'Indicators',
      summary: 'Add a feed: a file that is uploaded, or something that is pulled',
      body: z.object({
        name: z.string().min(1).max(200),
        kind: shapes.feedKind,
        settings: feedSettings.default({}),
        tlp: z.string().nullable().default(null),
        confidence: z.number().int().min(0).max(100).nullable().default(null),
        interval: z.number().int().min(60).nullable().default(null),
        half_life_days: z.number().int().min(1).nullable().default(null),
      }),
      answer: z.object({ id: uuid }),
      status: 201,
    },
    async (call) => {
      const { settings, ...rest } = call.body;
      const id = randomUUID();
      mustBeSafe(call, settings);
      const sealed = feedSettingsToStore(settings, undefined, seal);
      await call.within(async (tx) => {
        const made = await tx
          .insertInto('indicator_feed')
          .values({
            id,
            organization_id: call.organization,
            ...rest,
            settings: JSON.stringify(sealed),
            created_by: call.principal.id,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (made === undefined)
          throw new Problem(409, 'name_taken', 'There is a feed of this name.', 'Choose another name.');
        await told(call, tx, 'indicator_feed.create', 'indicator_feed', id, { name: rest.name, kind: rest.kind });
      });
      return { id };
    },
  );
  routes.add(
    {
      method: 'patch',
      path: `${ORG}/indicator-feeds/{id}`,
      access: 'indicators:write',
      tag: 'Indicators',
      summary: 'Change a feed, or switch it on or off; what is left out stays',
      body: z.object({
        name: z.string().min(1).max(200).optional(),
        settings: feedSettings.optional().describe('all of them; the secret alone may be left out'),
        tlp: z.string().nullable().optional(),
        confidence: z.number().int().min(0).max(100).nullable().optional(),
        interval: z.number().int().min(60).nullable().optional(),
        half_life_days: z.number().int().min(1).nullable().optional(),
        enabled: z.boolean().optional(),
      }),
      status: 204,
    },
    async (call) => {
      const row = await feedRow(call);
      const { settings, ...rest } = call.body;
      if (settings !== undefined) mustBeSafe(call, settings, row.settings as object);
      const stored = settings === undefined ? undefined : feedSettingsToStore(settings, row.settings, seal);
      const change = {
        ...rest,
        ...(stored === undefined ? {} : { settings: JSON.stringify(stored) }),
        ...(stored !== undefined && otherList(row.settings, stored) ? { cursor: null, last_error: null } : {}),
      };
      if (Object.keys(change).length === 0) return;
      await call.within(async (tx) => {
        const taken =
          rest.name !== undefined &&
          (await tx
            .selectFrom('indicator_feed')
            .select('id')
            .where('name', '=', rest.name)
            .where('id', '!=', row.id)
            .executeTakeFirst()) !== undefined;
        if (taken) throw new Problem(409, 'name_taken', 'There is a feed of this name.', 'Choose another name.');
        await tx.updateTable('indicator_feed').set(change).where('id', '=', row.id).execute();
        await told(call, tx, 'indicator_feed.change', 'indicator_feed', row.id, {
          name: row.name,
          ...rest,
          ...(settings === undefined ? {} : { settings: shownFeedSettings(stored) }),
        });
      });
      await deps.reload(call.organization);
      const feed = { id: row.id, name: rest.name ?? row.name };
      if (rest.enabled === true && !row.enabled) await askPast(call, feed, new Date(), SWITCHED_ON);
      else if (row.enabled && countsForMore(row, rest)) await askPast(call, feed, new Date(), CHANGED);
    },
  );
  routes.add(
    {
      method: 'delete',
      path: `${ORG}/indicator-feeds/{id}`,
      access: 'indicators:write',
      tag: 'Indicators',
      summary: 'Remove a feed with its indicators',
      status: 204,
    },
    async (call) => {
      await feedRow(call);
      await call.within(async (tx) => {
        await tx.deleteFrom('indicator_feed').where('id', '=', call.params.id).execute();
        await told(call, tx, 'indicator_feed.delete', 'indicator_feed', call.params.id);
      });
      await deps.reload(call.organization);
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/indicator-feeds/{id}/pull`,
      access: 'indicators:write',
      tag: 'Indicators',
      summary: 'Pull a feed now',
      body: z.object({}),
      answer: z.looseObject({}),
    },
    async (call) => {
      const row = await feedRow(call);
      const began = new Date();
      const outcome = await pullFeed(state, call.params.id, { vault, now: Date.now });
      await call.within((tx) =>
        told(call, tx, 'indicator_feed.pull', 'indicator_feed', call.params.id, { error: outcome.error ?? null }),
      );
      await deps.reload(call.organization);
      await askPast(call, row, began, outcome);
      return outcome;
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${ORG}/indicator-feeds/{id}/import`,
      access: 'indicators:write',
      tag: 'Indicators',
      summary: 'Import a file: STIX, MISP, CSV or a plain list',
      file: { type: 'text/plain' },
      answer: z.looseObject({}),
    },
    async (call) => {
      const row = await feedRow(call);
      return routes.bodies.text(call.context, MOST_IMPORT, async (text) => {
        const began = new Date();
        const outcome = await importIndicators(state, { ...row, organization: call.organization }, text, Date.now());
        await call.within((tx) =>
          told(call, tx, 'indicator_feed.import', 'indicator_feed', row.id, { bytes: text.length }),
        );
        await deps.reload(call.organization);
        await askPast(call, row, began, outcome);
        return outcome;
      });
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/indicators`,
      access: 'indicators:read',
      tag: 'Indicators',
      summary: 'Indicators',
      query: z.object({ ...paging, search: z.string().max(500).optional(), type: z.string().optional() }),
      answer: page(shapes.indicator),
    },
    async ({ query, within }) => {
      const after = placeOf(query.cursor, 1)?.[0] as string | undefined;
      const rows = await within((tx) => {
        let select = tx
          .selectFrom('indicator')
          .selectAll()
          .orderBy('id')
          .limit(query.limit + 1);
        if (after !== undefined) select = select.where('id', '>', after);
        if (query.type !== undefined) select = select.where('type', '=', query.type);
        if (query.search !== undefined && query.search !== '')
          select = select.where('value', 'ilike', `%${query.search.replace(/[\\%_]/g, '\\$&')}%`);
        return select.execute();
      });
      const items = rows.slice(0, query.limit).map(({ organization_id: _, counts_anew_at: __, ...row }) => row);
      return { items, next: cursorOf(rows.length > query.limit ? [items[items.length - 1].id] : undefined) };
    },
  );
}

interface Weight {
  readonly confidence?: number | null | undefined;
  readonly half_life_days?: number | null | undefined;
}

/** Whether indicators of a feed that had decayed away may count again. */
function countsForMore(before: Weight, change: Weight): boolean {
  const halfLife = (days: number | null | undefined) => days ?? Number.POSITIVE_INFINITY;
  return (
    (change.half_life_days !== undefined && halfLife(change.half_life_days) > halfLife(before.half_life_days)) ||
    (change.confidence !== undefined && (change.confidence ?? 0) > (before.confidence ?? 0))
  );
}
