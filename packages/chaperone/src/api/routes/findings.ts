import { z } from 'zod';
import {
  type EventCursor,
  eventsOfFinding,
  type FindingCursor,
  getFinding,
  listFindings,
} from '../../detection/index.ts';
import { type Call, page, paging, type Routes } from '../define.ts';
import { cursorOf, placeOf } from '../paging.ts';
import { notFound, Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';

const ORG = '/organizations/{organization}';

/** Findings with their why, down to the raw events. */
export function findingRoutes(routes: Routes): void {
  const { events } = routes.deps;
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
      answer: page(shapes.finding),
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
      answer: shapes.findingWithDocument,
    },
    oneFinding,
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/findings/{id}/events`,
      access: 'events:read',
      tag: 'Findings',
      summary: 'Its events, oldest first',
      query: z.object({ ...paging, limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      answer: page(shapes.storedEvent),
    },
    async (call) => {
      await oneFinding(call);
      const place = placeOf(call.query.cursor, 2);
      if (place !== undefined && !(/^-?\d{1,18}$/.test(String(place[0])) && isUuid(String(place[1]))))
        throw new Problem(
          400,
          'cursor_invalid',
          'The cursor is none that was given out.',
          'Begin with the first page.',
        );
      const { items, next } = await call.within((tx) =>
        eventsOfFinding(
          tx,
          events,
          call.organization,
          call.params.id,
          call.query.limit,
          place as EventCursor | undefined,
        ),
      );
      return { items: items.map(shown), next: cursorOf(next) };
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/events/{id}`,
      access: 'events:read',
      tag: 'Findings',
      summary: 'One event down to the raw record',
      answer: shapes.storedEvent,
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
