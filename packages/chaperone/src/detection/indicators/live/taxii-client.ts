import { FetchFailure, type FetchOptions, type Patience, patientFetch } from '../../../telemetry/index.ts';

const MEDIA_TYPE = 'application/taxii+json;version=2.1';
/** Bytes of one page. */
const MAX_PAGE = 64 << 20;
/** Pages of one pull: the rest comes with the next. */
const MAX_PAGES = 1_000;
/** Objects asked for at once; servers give fewer where they like. */
const LIMIT = 1_000;

export interface TaxiiOptions {
  /** of the discovery (`https://host/taxii2/`), of an API root, or of a collection */
  readonly url: string;
  /** id, alias or title; may be left out where one collection alone can be read */
  readonly collection?: string;
  /** value of the Authorization header */
  readonly authorization?: string;
  /** give only what was added later: X-TAXII-Date-Added-Last of the last page of the last pull */
  readonly addedAfter?: string;
  readonly fetch?: Pick<FetchOptions, 'allowPrivate' | 'allowHttp' | 'signal' | 'timeout'>;
  readonly patience?: Patience;
}

/** A page of objects. `addedLast` is the place to go on from once it is stored. */
export interface TaxiiPage {
  readonly objects: readonly unknown[];
  readonly addedLast?: string;
}

/** A collection as its server describes it. */
export interface TaxiiCollection {
  readonly url: string;
  readonly id: string;
  readonly title: string;
  readonly alias?: string;
}

/**
 * Reads the indicators, sightings and marks of a TAXII 2.1 collection, page by page, in the order in which they were added.
 *
 * @throws FetchFailure
 */
export async function* readTaxii(options: TaxiiOptions): AsyncGenerator<TaxiiPage> {
  const { url: base } = await findCollection(options);
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const url = new URL(`${base}objects/`);
    url.searchParams.set('match[type]', 'indicator,marking-definition,sighting');
    url.searchParams.set('limit', String(LIMIT));
    if (options.addedAfter !== undefined) url.searchParams.set('added_after', options.addedAfter);
    if (next !== undefined) url.searchParams.set('next', next);
    const { json, headers } = await getJson(url.href, options);
    const addedLast = headers['x-taxii-date-added-last'];
    yield {
      objects: Array.isArray(json.objects) ? json.objects : [],
      ...(typeof addedLast === 'string' ? { addedLast } : {}),
    };
    if (json.more !== true || (typeof json.next !== 'string' && typeof json.next !== 'number')) return;
    if (String(json.next) === next && !Array.isArray(json.objects)) return;
    next = String(json.next);
  }
}

/** Finds the collection that is meant, from whichever address was given. */
export async function findCollection(options: TaxiiOptions): Promise<TaxiiCollection> {
  const direct = /^(.*\/collections\/([^/]+)\/)(?:objects\/?)?$/.exec(withSlash(options.url));
  if (direct !== null) return { url: direct[1]!, id: direct[2]!, title: direct[2]! };
  const { json, url } = await getJson(withSlash(options.url), options);
  const roots = Array.isArray(json.api_roots)
    ? [...new Set([json.default, ...json.api_roots].filter((root) => typeof root === 'string'))].slice(0, 50)
    : [url];
  const readable: TaxiiCollection[] = [];
  for (const root of roots) {
    const address = new URL(withSlash(root), url);
    // A credential is for the server that was named: a discovery that leads elsewhere gets none to take along.
    if (address.origin !== new URL(url).origin) continue;
    readable.push(...(await collectionsOf(address.href, options)));
  }
  const wanted = options.collection;
  const found = readable.filter(
    ({ id, title, alias }) => wanted === undefined || wanted === id || wanted === alias || wanted === title,
  );
  if (found.length === 1 || (found.length > 1 && wanted !== undefined)) return found[0]!;
  const names = readable.map(({ id, title }) => `${title} (${id})`).join(', ');
  throw new FetchFailure(
    'answer_invalid',
    wanted === undefined
      ? 'The server has several collections, and none was named.'
      : `The server has no collection "${wanted}" that we may read.`,
    names === '' ? 'Ask who keeps it for the right to read one.' : `Name one of: ${names.slice(0, 1_000)}.`,
  );
}

async function collectionsOf(root: string, options: TaxiiOptions): Promise<TaxiiCollection[]> {
  const { json, url } = await getJson(`${root}collections/`, options);
  const list: unknown[] = Array.isArray(json.collections) ? json.collections : [];
  return list.flatMap((one) => {
    const { id, title, alias, can_read: canRead } = (one ?? {}) as Record<string, unknown>;
    if (typeof id !== 'string' || canRead === false) return [];
    return [
      {
        url: `${url}${encodeURIComponent(id)}/`,
        id,
        title: typeof title === 'string' ? title : id,
        ...(typeof alias === 'string' ? { alias } : {}),
      },
    ];
  });
}

async function getJson(url: string, options: TaxiiOptions) {
  const answer = await patientFetch(
    url,
    {
      ...options.fetch,
      maxBytes: MAX_PAGE,
      headers: {
        accept: MEDIA_TYPE,
        ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
      },
    },
    options.patience,
  );
  const type = String(answer.headers['content-type'] ?? '');
  if (!/^application\/(?:taxii\+|stix\+)?json/.test(type)) throw notTaxii(url, `its answer is ${type.slice(0, 60)}`);
  try {
    const json: unknown = JSON.parse(answer.body.toString('utf8'));
    if (json !== null && typeof json === 'object' && !Array.isArray(json))
      return { json: json as Record<string, unknown>, headers: answer.headers, url: answer.url };
  } catch {
    throw notTaxii(url, 'its answer is no JSON');
  }
  throw notTaxii(url, 'its answer is no JSON object');
}

function notTaxii(url: string, why: string): FetchFailure {
  return new FetchFailure(
    'answer_invalid',
    `${new URL(url).host} doesn't speak TAXII 2.1 there: ${why}.`,
    'Give the address of its discovery, often https://host/taxii2/.',
  );
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
