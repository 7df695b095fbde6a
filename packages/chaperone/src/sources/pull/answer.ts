import { type Fetched, FetchFailure } from '../../telemetry/index.ts';

/** The JSON of an answer. @throws FetchFailure where it is none */
export function jsonOf(answer: Fetched): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    throw invalid(answer.url, 'its answer is no JSON');
  }
}

/** An answer's list of objects, under a key or by itself. @throws FetchFailure where there is none */
export function listOf(answer: Fetched, key?: string): Readonly<Record<string, unknown>>[] {
  const json = jsonOf(answer);
  const list = key === undefined ? json : (json as Record<string, unknown> | null)?.[key];
  if (!Array.isArray(list)) throw invalid(answer.url, 'its answer holds no list');
  return list.filter((item) => item !== null && typeof item === 'object');
}

/** A link to further pages, which must lead to the same server: our credential goes along. @throws FetchFailure */
export function sameServer(link: string, base: string): string {
  const [to, from] = [URL.parse(link), new URL(base)];
  if (to !== null && to.origin === from.origin) return to.href;
  throw new FetchFailure(
    'url_refused',
    `${from.host} sent us on to ${to?.host ?? 'no address'}, where our credential doesn't belong.`,
    'See whether the address in the settings is right.',
  );
}

function invalid(url: string, why: string): FetchFailure {
  return new FetchFailure(
    'answer_invalid',
    `${new URL(url).host} answered what its documentation doesn't say: ${why}.`,
    'It is tried again; see whether the address in the settings is right.',
  );
}
