import { streamSSE } from 'hono/streaming';
import { type Notice, StoreUnavailable, type Tx } from '../../storage/index.ts';
import type { Call, Routes } from '../define.ts';
import { Problem } from '../problem.ts';

const HEARTBEAT = 15_000;
/** Longest time between two looks at whether the reader still may read. Milliseconds. */
const LOOK_AGAIN = 3_000;
/** Streams of one person or token at once. */
const MOST_STREAMS = 32;
/** Messages that wait for a slow reader; past it the reader is told that some are missing. */
const MOST_WAITING = 1_000;
/** What a provider's reader may hear of. */
const FOR_READERS = new Set(['finding', 'source']);

interface Message {
  readonly event: string;
  readonly id?: string | undefined;
}

/** What changes in an organisation, as it happens (server-sent events): `event` is the kind, `data` names the thing. */
export function liveRoutes(routes: Routes): void {
  const { state } = routes.deps;
  const streams = new Map<string, number>();
  routes.add(
    {
      method: 'get',
      path: '/organizations/{organization}/live',
      access: 'live:read',
      tag: 'Live',
      summary:
        'Server-sent events: kind of thing and its id, as it changes; `gap` says that some were missed, `end` that the session or the right to read ended',
    },
    async (call) => {
      const reader = call.principal.id;
      const open = streams.get(reader) ?? 0;
      if (open >= MOST_STREAMS)
        throw new Problem(429, 'too_many_streams', 'Too many of your streams are open.', 'Close some.', {}, 10);
      streams.set(reader, open + 1);
      return streamSSE(call.context, async (stream) => {
        const queue = new Queue(call);
        const deaf = state.listen(
          (notice) => queue.hear(notice),
          () => queue.add({ event: 'gap' }),
        );
        stream.onAbort(() => {
          deaf();
          queue.wake();
        });
        const say = ({ event, id }: Message) =>
          stream.writeSSE({ event, data: JSON.stringify(id === undefined ? {} : { id }) });
        try {
          await say({ event: 'hello' });
          let said = Date.now();
          while (!stream.aborted && !stream.closed) {
            const messages = await queue.next();
            if (messages === undefined) {
              await say({ event: 'end' });
              return;
            }
            for (const message of messages) await say(message);
            if (messages.length > 0) said = Date.now();
            else if (Date.now() - said >= HEARTBEAT) {
              await say({ event: 'heartbeat' });
              said = Date.now();
            }
          }
        } finally {
          deaf();
          const left = (streams.get(reader) ?? 1) - 1;
          if (left > 0) streams.set(reader, left);
          else streams.delete(reader);
        }
      });
    },
  );
}

/** What waits for one reader, who is looked at again every few seconds and whenever somebody's access became less. */
class Queue {
  readonly #call: Call<unknown, unknown>;
  #waiting: Message[] = [];
  #provider: string | null | undefined;
  #looked = Date.now();
  #doubt = false;
  #wake: () => void = () => {};

  constructor(call: Call<unknown, unknown>) {
    this.#call = call;
    this.#provider = providerOf(call.membership);
  }

  hear({ organization, kind, id }: Notice): void {
    const { principal } = this.#call;
    // A token hangs on the person who made it, too.
    if (kind === 'access' && (principal.kind === 'token' || id === principal.id)) this.#doubt = true;
    if (organization === this.#call.organization) {
      if (kind === 'token') this.#doubt = true;
      if (this.#provider === undefined || FOR_READERS.has(kind)) this.add({ event: kind, id });
    }
    if (this.#doubt) this.#wake();
  }

  add(message: Message): void {
    if (this.#waiting.length >= MOST_WAITING) this.#waiting = [{ event: 'gap' }];
    this.#waiting.push(message);
    this.#wake();
  }

  wake(): void {
    this.#wake();
  }

  /** What the reader may be told now, after a few seconds at most; undefined: the reader may read no more. */
  async next(): Promise<readonly Message[] | undefined> {
    const doubt = this.#doubt;
    try {
      return await this.#next();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      // Nobody can say whether the reader still may, so nothing is told until somebody can.
      this.#waiting = [{ event: 'gap' }];
      this.#doubt ||= doubt;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return [];
    }
  }

  async #next(): Promise<readonly Message[] | undefined> {
    if (this.#waiting.length === 0 && !this.#doubt)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, this.#looked + LOOK_AGAIN - Date.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    const doubt = this.#doubt;
    this.#doubt = false;
    if (doubt || Date.now() - this.#looked >= LOOK_AGAIN) {
      const membership = await this.#call.still();
      if (membership === undefined) return undefined;
      this.#looked = Date.now();
      this.#provider = providerOf(membership);
    }
    const messages = this.#waiting.splice(0);
    const provider = this.#provider;
    if (provider === undefined || messages.length === 0) return messages;
    return this.#call.within((tx) => ofProvider(tx, messages, provider));
  }
}

/** Undefined: everything may be heard. */
function providerOf(membership: { readonly role: string; readonly provider: string | null }) {
  return membership.role === 'provider_reader' ? membership.provider : undefined;
}

/** The messages that are about a provider's own things. */
async function ofProvider(tx: Tx, messages: readonly Message[], provider: string | null): Promise<readonly Message[]> {
  const ids = (kind: string) => messages.flatMap(({ event, id }) => (event === kind && id !== undefined ? [id] : []));
  const findings = ids('finding');
  const sources = ids('source');
  const own = new Set<string>();
  if (provider !== null && findings.length > 0)
    for (const { id } of await tx
      .selectFrom('finding')
      .select('id')
      .where('id', 'in', findings)
      .where('provider', '=', provider)
      .execute())
      own.add(id);
  if (provider !== null && sources.length > 0)
    for (const { id } of await tx
      .selectFrom('source')
      .select('id')
      .where('id', 'in', sources)
      .where('promised_by', '=', provider)
      .execute())
      own.add(id);
  // Many at once come without ids: the reader asks again and is given what is the provider's.
  return messages.flatMap((message) => {
    if (message.id === undefined) return [{ event: 'gap' }];
    return own.has(message.id) ? [message] : [];
  });
}
