import { Readable } from 'node:stream';
import { z } from 'zod';
import {
  acceptUpload,
  createSource,
  getSource,
  listSources,
  SettingsRefused,
  settingsToStore,
  shippersFor,
  updateSource,
} from '../../sources/index.ts';
import { type Call, page, type Routes } from '../define.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { sourceCalls } from '../source-calls.ts';

const AT = '/organizations/{organization}/sources';
/** Files that are read at once: each lies on the disk while it is. */
const MOST_UPLOADS = 4;
const kind = shapes.sourceKind;
const fields = {
  name: z.string().min(1).max(200),
  format: z.string().nullable().optional(),
  zone: z.string().nullable().optional(),
  expected_interval: z.number().int().min(1).nullable().optional(),
  promised_by: z.string().nullable().optional(),
  masking: z.array(z.object({ field: z.string().min(1).max(200), how: z.enum(['mask', 'drop']) })).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  retention_days: z.number().int().min(1).nullable().optional(),
};

/** Where logs come from. */
export function sourceRoutes(routes: Routes): void {
  const { deps } = routes;
  const { identity, state } = deps;
  const tag = 'Sources';
  let uploads = 0;
  const { changed, one, learned } = sourceCalls(deps);
  /** @throws Problem 422 for settings that can't be used, 403 for a folder by who may not read this machine's files */
  const settingsOf = (
    call: Call<unknown, unknown>,
    way: z.infer<typeof kind>,
    wanted: Record<string, unknown>,
    stored?: Readonly<Record<string, unknown>>,
  ) => {
    // A folder is any file that the service may read, other organisations' too.
    if (way === 'folder' && !call.principal.installationAdministrator)
      throw new Problem(
        403,
        'role_too_small',
        'Which folders of this machine are read is for administrators of the installation.',
        'Ask one of them to set the folder, or upload the files.',
      );
    try {
      return settingsToStore(way, wanted, stored, (secret) => identity.vault.seal('settings', secret));
    } catch (error) {
      if (!(error instanceof SettingsRefused)) throw error;
      throw new Problem(422, 'invalid', error.message, 'docs/pulled-sources.md says what each service needs.', {
        problems: error.problems,
      });
    }
  };

  routes.add(
    {
      method: 'get',
      path: AT,
      access: 'sources:read',
      tag,
      summary: 'All sources with their health',
      answer: page(shapes.source),
    },
    async (call) => {
      const learning = await learned(call);
      const items = await call.within((tx) => listSources(tx, call.membership.provider));
      return { items: items.map((one) => ({ ...one, learning: learning.get(one.id) ?? null })), next: null };
    },
  );
  routes.add(
    {
      method: 'post',
      path: AT,
      access: 'sources:write',
      routing: true,
      tag,
      summary: 'Add a source',
      body: z.object({ ...fields, kind }),
      answer: shapes.source,
      status: 201,
    },
    async (call) => {
      const settings = settingsOf(call, call.body.kind, call.body.settings ?? {});
      const id = await call.within(async (tx) => {
        const made = await createSource(tx, call.organization, { ...call.body, settings }, call.principal.id);
        await changed(call, tx, 'source.create', made, { name: call.body.name, kind: call.body.kind });
        return made;
      });
      return call.within((tx) => getSource(tx, id));
    },
  );
  routes.add(
    { method: 'get', path: `${AT}/{id}`, access: 'sources:read', tag, summary: 'One source', answer: shapes.source },
    one,
  );
  routes.add(
    {
      method: 'patch',
      path: `${AT}/{id}`,
      access: 'sources:write',
      routing: true,
      tag,
      summary: 'Change a source',
      body: z.object({ ...fields, name: fields.name.optional(), state: z.enum(['active', 'paused']).optional() }),
      answer: shapes.source,
    },
    async (call) => {
      await call.within(async (tx) => {
        const { settings, ...rest } = call.body;
        const before = await tx
          .selectFrom('source')
          .select(['kind', 'settings'])
          .where('id', '=', call.params.id)
          .where('state', '!=', 'deleted')
          .forUpdate()
          .executeTakeFirst();
        if (before === undefined) throw notFound('source');
        await updateSource(tx, call.params.id, {
          ...rest,
          ...(settings === undefined ? {} : { settings: settingsOf(call, before.kind, settings, before.settings) }),
        });
        await changed(call, tx, 'source.change', call.params.id, { changed: Object.keys(call.body) });
      });
      return one(call);
    },
  );
  routes.add(
    {
      method: 'delete',
      path: `${AT}/{id}`,
      access: 'sources:write',
      routing: true,
      tag,
      summary: 'Remove a source; its events stay, its tokens are revoked',
      status: 204,
    },
    async (call) =>
      call.within(async (tx) => {
        if (!(await updateSource(tx, call.params.id, { state: 'deleted' }))) throw notFound('source');
        await changed(call, tx, 'source.delete', call.params.id);
        await state.announce(tx, { organization: call.organization, kind: 'token' });
      }),
  );
  routes.add(
    {
      method: 'get',
      path: `${AT}/{id}/problems`,
      access: 'sources:read',
      tag,
      summary: 'Records that couldn’t be read, with the latest line of each kind',
      answer: page(shapes.sourceProblem),
    },
    async (call) => {
      await one(call);
      return {
        items: await call.within((tx) =>
          tx
            .selectFrom('source_problem')
            .select(['id', 'code', 'message', 'mend', 'line', 'count', 'first_at', 'last_at'])
            .where('source_id', '=', call.params.id)
            .orderBy('last_at', 'desc')
            .execute(),
        ),
        next: null,
      };
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${AT}/{id}/volume`,
      access: 'sources:read',
      tag,
      summary: 'Events by hour, the last 14 days',
      answer: page(shapes.volume),
    },
    async (call) => {
      await one(call);
      return {
        items: await call.within((tx) =>
          tx
            .selectFrom('source_volume')
            .select(['hour', 'events', 'bytes', 'unread'])
            .where('source_id', '=', call.params.id)
            .where('hour', '>', new Date(Date.now() - 14 * 86_400_000))
            .orderBy('hour')
            .execute(),
        ),
        next: null,
      };
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${AT}/{id}/shippers`,
      access: 'sources:read',
      tag,
      summary: 'Exact configurations of shippers',
      answer: page(shapes.shipper),
    },
    async (call) => {
      const { kind: way } = await one(call);
      return { items: shippersFor(way, deps.places(), 'YOUR-INGEST-TOKEN'), next: null };
    },
  );
  routes.add(
    {
      method: 'post',
      path: `${AT}/{id}/uploads`,
      access: 'uploads:write',
      tag,
      summary: 'Upload a file of logs, any format that the scan reads',
      file: { type: 'application/octet-stream' },
      query: z.object({ name: z.string().min(1).max(255) }),
      answer: z.looseObject({ records: z.number(), misread: z.number() }),
      status: 201,
    },
    async (call) => {
      const { id } = await one(call);
      const { body } = call.context.req.raw;
      if (body === null) throw new Problem(400, 'body_missing', 'There is no file.', 'Send its bytes as the body.');
      if (uploads >= MOST_UPLOADS)
        throw new Problem(429, 'busy', 'Other files are being read.', 'Try again in a moment.', {}, 10);
      uploads += 1;
      const outcome = await acceptUpload(
        { id, organization_id: call.organization },
        call.query.name,
        Readable.fromWeb(body as import('node:stream/web').ReadableStream),
        deps.intake,
      ).finally(() => {
        uploads -= 1;
      });
      await call.within((tx) =>
        changed(call, tx, 'source.upload', id, { name: call.query.name, records: outcome.records }),
      );
      return outcome;
    },
  );
}
