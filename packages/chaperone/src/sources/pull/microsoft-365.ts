import { createHash } from 'node:crypto';
import { FetchFailure } from '../../telemetry/index.ts';
import { listOf, sameServer } from './answer.ts';
import { microsoftToken } from './microsoft-token.ts';
import { isoSecond, type Pull, type PullContext, type PullCursor, recordBytes, timeIn } from './pull.ts';
import type { SettingsOf } from './settings.ts';

type Settings = SettingsOf<'microsoft-365'>;

const HOUR = 3_600_000;
/** The API lists at most a day at once, and no more than seven days back. */
const WINDOW = 24 * HOUR;
const REACH = 7 * 24 * HOUR - HOUR;
/** Blobs are listed by when they became available; so far back is looked again. */
const OVERLAP = 2 * HOUR;
const MAX_SEEN = 10_000;
const MAX_PAGES = 10_000;

interface Place {
  readonly until: string;
  readonly seen: readonly string[];
}

/** The audit log of Microsoft 365 by its Management Activity API. */
export const pullMicrosoft365: Pull<Settings> = async function* (settings, cursor, context) {
  const token = microsoftToken(settings, `${settings.api.replace(/\/$/, '')}/.default`, context);
  const base = `${settings.api.replace(/\/$/, '')}/api/v1.0/${settings.tenant}/activity/feed`;
  const get = async (url: string, method: 'GET' | 'POST' = 'GET') =>
    context.fetch(url, {
      method,
      headers: { authorization: `Bearer ${await token()}`, ...(method === 'POST' ? { 'content-length': '0' } : {}) },
      maxBytes: 64 << 20,
    });
  let whole: PullCursor = cursor;
  await subscribe(settings, base, get);
  for (const type of settings.content) {
    let place = placeIn(whole[type]);
    const now = context.now();
    const first = settings.since === undefined ? now - WINDOW : Date.parse(settings.since);
    let from = Math.max(place === undefined ? first : Date.parse(place.until) - OVERLAP, now - REACH);
    while (from < now) {
      const to = Math.min(from + WINDOW, now);
      for await (const { id, uri } of listContent(base, type, from, to, get)) {
        const seen = hashOf(id);
        if (place?.seen.includes(seen) === true) continue;
        const records = await blob(uri, get);
        place = { until: place?.until ?? isoSecond(from), seen: [...(place?.seen ?? []), seen].slice(-MAX_SEEN) };
        whole = { ...whole, [type]: place };
        yield { records, cursor: whole };
      }
      place = { until: isoSecond(to), seen: place?.seen ?? [] };
      whole = { ...whole, [type]: place };
      yield { records: [], cursor: whole };
      from = to;
    }
  }
};

type Get = (url: string, method?: 'GET' | 'POST') => ReturnType<PullContext['fetch']>;

// Content is made only from the moment at which somebody subscribed to it.
async function subscribe(settings: Settings, base: string, get: Get): Promise<void> {
  const running = new Set(
    listOf(await get(`${base}/subscriptions/list?PublisherIdentifier=${settings.tenant}`)).flatMap((one) =>
      one.status === 'enabled' ? [one.contentType] : [],
    ),
  );
  for (const type of settings.content) {
    if (running.has(type)) continue;
    try {
      await get(`${base}/subscriptions/start?contentType=${type}&PublisherIdentifier=${settings.tenant}`, 'POST');
    } catch (error) {
      // Somebody else was quicker.
      if (!(error instanceof FetchFailure && error.body.includes('AF20024'))) throw error;
    }
  }
}

async function* listContent(
  base: string,
  type: string,
  from: number,
  to: number,
  get: Get,
): AsyncGenerator<{ id: string; uri: string }> {
  const range = `startTime=${isoSecond(from).slice(0, 19)}&endTime=${isoSecond(to).slice(0, 19)}`;
  let url: string | undefined = `${base}/subscriptions/content?contentType=${type}&${range}`;
  for (let page = 0; url !== undefined && page < MAX_PAGES; page += 1) {
    const answer: Awaited<ReturnType<Get>> = await get(url);
    for (const { contentId, contentUri } of listOf(answer))
      if (typeof contentId === 'string' && typeof contentUri === 'string')
        yield { id: contentId, uri: sameServer(contentUri, base) };
    const next = answer.headers.nextpageuri;
    url = typeof next === 'string' && next !== '' ? sameServer(next, base) : undefined;
  }
}

async function blob(uri: string, get: Get): Promise<Uint8Array[]> {
  try {
    return listOf(await get(uri)).map(recordBytes);
  } catch (error) {
    // Content is kept for seven days: what ended meanwhile can't be had from anybody.
    if (error instanceof FetchFailure && (error.status === 404 || error.body.includes('AF20051'))) return [];
    throw error;
  }
}

function placeIn(value: unknown): Place | undefined {
  const until = timeIn(value as PullCursor | undefined, 'until');
  const { seen } = (value ?? {}) as { seen?: unknown };
  return until === undefined || !Array.isArray(seen) ? undefined : { until: isoSecond(until), seen };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 12);
}
