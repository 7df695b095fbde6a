import { streamSSE } from 'hono/streaming';
import type { Routes } from '../define.ts';

const HEARTBEAT = 15_000;
/** Messages that wait for a slow reader; past it the reader is told that some are missing. */
const MOST_WAITING = 1_000;
/** What a provider's reader may hear of. */
const FOR_READERS = new Set(['finding', 'source']);

/** What changes in an organisation, as it happens (server-sent events): `event` is the kind, `data` names the thing. */
export function liveRoutes(routes: Routes): void {
  const { state } = routes.deps;
  routes.add(
    {
      method: 'get',
      path: '/organizations/{organization}/live',
      access: 'live:read',
      tag: 'Live',
      summary: 'Server-sent events: kind of thing and its id, as it changes; `gap` says that some were missed',
    },
    async (call) => {
      const reader = call.membership.role === 'provider_reader';
      return streamSSE(call.context, async (stream) => {
        const waiting: { event: string; data: string }[] = [];
        let wake: () => void = () => {};
        const add = (event: string, id?: string) => {
          if (waiting.length >= MOST_WAITING) waiting.splice(0, waiting.length, { event: 'gap', data: '{}' });
          waiting.push({ event, data: JSON.stringify(id === undefined ? {} : { id }) });
          wake();
        };
        const deaf = state.listen(
          ({ organization, kind, id }) => {
            if (organization === call.organization && (!reader || FOR_READERS.has(kind))) add(kind, id);
          },
          () => add('gap'),
        );
        stream.onAbort(() => {
          deaf();
          wake();
        });
        await stream.writeSSE({ event: 'hello', data: '{}' });
        while (!stream.aborted && !stream.closed) {
          const next = waiting.shift();
          if (next !== undefined) {
            await stream.writeSSE(next);
            continue;
          }
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, HEARTBEAT);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
          if (waiting.length === 0 && !stream.aborted) await stream.writeSSE({ event: 'heartbeat', data: '{}' });
        }
        deaf();
      });
    },
  );
}
