import { setTimeout as sleep } from 'node:timers/promises';
import { FetchFailure } from './fetch-failure.ts';
import { type Fetched, type FetchOptions, guardedFetch } from './guarded-fetch.ts';

export interface Patience {
  /** how often it is asked again after a failure that may pass; 4 by default */
  readonly retries?: number;
  /** milliseconds before the first of them, doubled each time; 1,000 by default */
  readonly backoff?: number;
  /** longest wait in seconds that a server may ask for within one run; beyond it the run ends and goes on next time. 60 by default */
  readonly maxWait?: number;
}

/**
 * `guardedFetch` that asks again: after 429 and 503 as long as the server says (`Retry-After`), after other 5xx and broken connections with
 * growing pauses. What isn't a success then is thrown.
 *
 * @throws FetchFailure `http_status` with the status and the first bytes, `throttled` with `retryAfter`, and those of guardedFetch
 */
export async function patientFetch(
  url: string,
  options: FetchOptions = {},
  { retries = 4, backoff = 1_000, maxWait = 60 }: Patience = {},
): Promise<Fetched> {
  for (let attempt = 0; ; attempt += 1) {
    const last = attempt >= retries;
    let failure: FetchFailure;
    try {
      const answer = await guardedFetch(url, options);
      if (answer.status >= 200 && answer.status < 300) return answer;
      failure = refusal(url, answer);
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      failure = error;
    }
    if (last || !mayPass(failure) || options.signal?.aborted === true) throw failure;
    const asked = failure.retryAfter;
    if (asked !== undefined && asked > maxWait) throw failure;
    // A little chance keeps many sources of one service from coming back in step.
    await sleep(asked === undefined ? backoff * 2 ** attempt * (1 + Math.random() / 4) : asked * 1_000, undefined, {
      signal: options.signal,
    });
  }
}

function mayPass({ code, status }: FetchFailure): boolean {
  if (code === 'throttled' || code === 'unreachable' || code === 'timeout') return true;
  return code === 'http_status' && status !== undefined && status >= 500 && status !== 501;
}

function refusal(url: string, { status, headers, body }: Fetched): FetchFailure {
  const { host } = new URL(url);
  const more = { status, retryAfter: secondsOf(headers['retry-after']), body: body.toString('utf8', 0, 2_000) };
  if (status === 429)
    return new FetchFailure('throttled', `${host} asks us to slow down.`, 'Nothing to do: it goes on next time.', more);
  if (status === 401 || status === 403)
    return new FetchFailure(
      'http_status',
      `${host} refuses our credential (${status}).`,
      'See whether it is still valid and has the permissions that the documentation names.',
      more,
    );
  return new FetchFailure(
    'http_status',
    `${host} answered ${status}.`,
    status >= 500 ? 'It is tried again.' : 'See whether the address and the settings are right.',
    more,
  );
}

// `Retry-After` in seconds or as a date.
function secondsOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = /^\d{1,6}$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, Math.ceil(seconds));
}
