import { FetchFailure, type FetchOptions, type Patience, patientFetch } from '../../../telemetry/index.ts';
import type { FeedContent } from './feed-record.ts';
import { readMispText } from './read-misp.ts';

const MAX_MANIFEST = 64 << 20;
const MAX_EVENT = 32 << 20;
/** Events of one pull: the rest comes with the next, which goes on where this one ended. */
const MAX_EVENTS = 2_000;

/** Up to which event a feed was read: all with an earlier stamp, and of those with this one the named. */
export interface MispCursor {
  readonly timestamp: number;
  readonly uuids: readonly string[];
}

export interface MispEvent {
  readonly content: FeedContent;
  readonly cursor: MispCursor;
  /** events that are still to come */
  readonly left: number;
}

export interface MispOptions {
  /** folder of the feed: where manifest.json lies */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cursor?: MispCursor;
  readonly fetch?: Pick<FetchOptions, 'allowPrivate' | 'allowHttp' | 'signal' | 'timeout'>;
  readonly patience?: Patience;
}

/**
 * Reads the events of a MISP feed that are new or changed since the cursor, oldest first.
 *
 * @throws FetchFailure
 */
export async function* readMispFeed(options: MispOptions): AsyncGenerator<MispEvent> {
  const base = new URL(options.url.replace(/manifest\.json$/, '').replace(/\/?$/, '/'));
  const get = (name: string, maxBytes: number) =>
    patientFetch(
      new URL(name, base).href,
      { ...options.fetch, maxBytes, ...(options.headers === undefined ? {} : { headers: options.headers }) },
      options.patience,
    );
  const events = eventsOf((await get('manifest.json', MAX_MANIFEST)).body.toString('utf8'), base);
  const { timestamp: since, uuids: done } = options.cursor ?? { timestamp: 0, uuids: [] };
  const due = events.filter(
    ({ uuid, timestamp }) => timestamp > since || (timestamp === since && !done.includes(uuid)),
  );
  let cursor: MispCursor = { timestamp: since, uuids: done };
  const now = due.slice(0, MAX_EVENTS);
  for (const [index, { uuid, timestamp }] of now.entries()) {
    const content = readMispText((await get(`${uuid}.json`, MAX_EVENT)).body.toString('utf8'));
    cursor = { timestamp, uuids: timestamp === cursor.timestamp ? [...cursor.uuids, uuid] : [uuid] };
    yield { content, cursor, left: due.length - index - 1 };
  }
}

function eventsOf(text: string, base: URL): { uuid: string; timestamp: number }[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw noManifest(base);
  }
  if (manifest === null || typeof manifest !== 'object' || Array.isArray(manifest)) throw noManifest(base);
  return Object.entries(manifest)
    .flatMap(([uuid, about]) => {
      const timestamp = Number((about as { timestamp?: unknown } | null)?.timestamp);
      // The uuid becomes part of an address: nothing else may stand there.
      return /^[0-9a-f-]{36}$/i.test(uuid) && Number.isSafeInteger(timestamp) ? [{ uuid, timestamp }] : [];
    })
    .sort((a, b) => a.timestamp - b.timestamp || (a.uuid < b.uuid ? -1 : 1));
}

function noManifest(base: URL): FetchFailure {
  return new FetchFailure(
    'answer_invalid',
    `${base.host} has no manifest of a MISP feed there.`,
    'Give the folder in which manifest.json lies; for a CSV or a plain list choose that form.',
  );
}
