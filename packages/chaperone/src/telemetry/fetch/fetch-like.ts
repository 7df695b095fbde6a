import { type FetchOptions, guardedFetch } from './guarded-fetch.ts';

/** The part of a request that libraries state which take a `fetch` of one's own. */
export interface FetchLikeRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * `guardedFetch` in the form of `fetch`, for libraries that ask servers which an administrator named. Redirects are given back, not followed.
 *
 * @throws FetchFailure
 */
export async function fetchGuarded(
  url: string,
  { method, headers, body, signal }: FetchLikeRequest,
  options: Pick<FetchOptions, 'allowPrivate' | 'maxBytes' | 'timeout'>,
): Promise<Response> {
  const text = typeof body === 'string' || body instanceof URLSearchParams ? String(body) : undefined;
  const answer = await guardedFetch(url, {
    ...options,
    method: method === 'POST' ? 'POST' : 'GET',
    headers,
    redirects: 0,
    ...(text === undefined ? {} : { body: text }),
    ...(signal === undefined ? {} : { signal }),
  });
  const given = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const one of Array.isArray(value) ? value : [value ?? '']) given.append(name, one);
  const empty = [101, 204, 205, 304].includes(answer.status);
  return new Response(empty ? null : new Uint8Array(answer.body), { status: answer.status, headers: given });
}
