import { setTimeout as sleep } from 'node:timers/promises';
import type { Fetched } from '../../telemetry/index.ts';
import { listOf, sameServer } from './answer.ts';
import { isoSecond, type Pull, recordBytes } from './pull.ts';
import type { SettingsOf } from './settings.ts';

type Settings = SettingsOf<'okta'>;

const FIRST = 24 * 3_600_000;
const MAX_PAGES = 10_000;
/** Longest wait for a new rate window within one run, in milliseconds; the next run goes on from the same link. */
const MAX_WAIT = 60_000;

/**
 * Okta's System Log by polling: asked without an end, it gives records in the order in which they were stored, and each answer holds the link
 * to go on from, so that nothing late is missed.
 */
export const pullOkta: Pull<Settings> = async function* (settings, cursor, context) {
  const base = settings.domain.replace(/\/$/, '');
  const since = settings.since ?? isoSecond(context.now() - FIRST);
  const query = new URLSearchParams({ since, sortOrder: 'ASCENDING', limit: '1000' });
  let url = typeof cursor.next === 'string' ? sameServer(cursor.next, base) : `${base}/api/v1/logs?${query.toString()}`;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await context.fetch(url, {
      headers: { authorization: `SSWS ${settings.token}`, accept: 'application/json' },
    });
    const records = listOf(answer).map(recordBytes);
    const next = nextLink(answer);
    if (next !== undefined) url = sameServer(next, base);
    yield { records, cursor: { ...cursor, next: url } };
    if (records.length === 0 || next === undefined) return;
    const wait = untilRoom(answer, context.now());
    if (wait > MAX_WAIT) return;
    if (wait > 0) await sleep(wait);
  }
};

function nextLink({ headers }: Fetched): string | undefined {
  const links = headers.link;
  const text = Array.isArray(links) ? links.join(', ') : (links ?? '');
  return /<([^>]+)>\s*;\s*rel="?next"?/i.exec(text)?.[1];
}

// The last request of a rate window is left to others of the same tenant.
function untilRoom({ headers }: Fetched, now: number): number {
  const remaining = Number(headers['x-rate-limit-remaining'] ?? Number.NaN);
  const reset = Number(headers['x-rate-limit-reset'] ?? Number.NaN) * 1_000;
  if (Number.isNaN(remaining) || Number.isNaN(reset) || remaining > 1) return 0;
  return Math.max(0, reset - now);
}
