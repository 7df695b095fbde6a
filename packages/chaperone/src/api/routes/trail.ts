import { Readable } from 'node:stream';
import { z } from 'zod';
import { audit, exportAudit, readAudit, verifyChain } from '../../identity/index.ts';
import { type Call, page, paging, type RouteSpec, type Routes } from '../define.ts';
import { cursorOf, placeOf } from '../paging.ts';
import * as shapes from '../shapes.ts';

/** The audit trails: an organisation's own, and that of the installation. */
export function trailRoutes(routes: Routes): void {
  const { identity, state } = routes.deps;
  const words = z.string().min(1).max(200).optional();
  const query = z.object({
    ...paging,
    actor: words.describe('part of the name of who did it'),
    action: words.describe('`token.create`, or `token` for all acts on tokens'),
    object: words.describe('its id or kind, or part of what the record says of it'),
    outcome: z.enum(['success', 'failure']).optional(),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional(),
  });
  type Spec = Pick<RouteSpec<z.ZodType, typeof query>, 'access' | 'tag'>;
  const trail = (at: string, spec: Spec, whose: (call: Call<unknown, unknown>) => string | null) => {
    routes.add(
      {
        ...spec,
        method: 'get',
        path: at,
        summary: 'The audit trail, newest first',
        query,
        answer: page(shapes.auditRecord),
      },
      async (call) => {
        const { cursor, limit, from, to, ...filter } = call.query;
        const place = placeOf(cursor, 1);
        const before = place === undefined ? undefined : Number(place[0]);
        const items = await state.everywhere((tx) =>
          readAudit(tx, whose(call), before, limit, {
            ...filter,
            ...(from === undefined ? {} : { from: new Date(from) }),
            ...(to === undefined ? {} : { to: new Date(to) }),
          }),
        );
        return { items, next: cursorOf(items.length === limit ? [items[items.length - 1].sequence] : undefined) };
      },
    );
    routes.add(
      {
        ...spec,
        method: 'get',
        path: `${at}/verification`,
        summary: 'Computes the trail’s hash chain anew',
        answer: shapes.chainVerdict,
      },
      (call) => verifyChain(state, identity.vault, whose(call)),
    );
    routes.add(
      {
        ...spec,
        method: 'get',
        path: `${at}/export`,
        summary:
          'The whole trail, oldest first, a JSON record a line: chaperone verify --export checks it without a database',
        gives: 'application/x-ndjson',
      },
      async (call) => {
        const organization = whose(call);
        await state.everywhere((tx) =>
          audit(tx, identity.vault, organization, { actor: call.actor, action: 'audit.export' }),
        );
        return new Response(Readable.toWeb(Readable.from(exportAudit(state, organization))) as ReadableStream, {
          headers: {
            'content-type': 'application/x-ndjson',
            'content-disposition': `attachment; filename="audit-${call.params.organization ?? 'installation'}.ndjson"`,
          },
        });
      },
    );
  };
  trail(
    '/organizations/{organization}/audit',
    { access: 'audit:read', tag: 'Organisation' },
    (call) => call.organization,
  );
  trail('/installation/audit', { access: 'installation', tag: 'Installation' }, () => null);
}
