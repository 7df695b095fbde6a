import type { StateStore } from '../../../storage/index.ts';
import { FetchFailure, type FetchOptions, type Patience, patientFetch } from '../../../telemetry/index.ts';
import type { FeedContent, FeedProblem } from './feed-record.ts';
import { type MispCursor, readMispFeed } from './misp-feed.ts';
import { readList } from './read-list.ts';
import { readMispText } from './read-misp.ts';
import { readStixObjects, readStixText, stixNames } from './read-stix.ts';
import { endUnlisted, type Feed, type StoredIndicators, storeIndicators, storeSightings } from './store-indicators.ts';
import { readTaxii } from './taxii-client.ts';

/** `settings` of an indicator_feed. Secrets are sealed by the vault before they are stored. */
export interface FeedSettings {
  readonly url?: string;
  /** taxii: id, alias or title */
  readonly collection?: string;
  readonly user?: string;
  /** sealed: password of `user`, or without one a bearer token */
  readonly secret?: string;
  /** name of a header that carries the secret instead, e.g. MISP's `Authorization` or an `X-Api-Key` */
  readonly header?: string;
  /** misp: how its feed is written; `misp` by default */
  readonly form?: 'misp' | 'csv' | 'list';
  /** csv: the list is always whole, so what it no longer holds has ended; true by default */
  readonly whole?: boolean;
  /** the server stands inside: private addresses may be asked */
  readonly allow_private?: boolean;
  /** plain http */
  readonly allow_http?: boolean;
}

/** Seals and opens secrets; identity's vault is one. */
export interface SecretBox {
  open(sealed: string): string;
}

export interface PullDeps {
  readonly vault: SecretBox;
  /** milliseconds since 1970 */
  readonly now: () => number;
  readonly patience?: Patience;
  readonly signal?: AbortSignal;
}

/** What a pull or an import did. */
export interface FeedOutcome extends StoredIndicators {
  readonly sightings: number;
  /** ended, since the feed's whole list no longer holds them */
  readonly ended: number;
  readonly problems: readonly FeedProblem[];
  /** in words; undefined: all went well */
  readonly error?: string;
}

type FeedForm = 'stix' | 'misp' | 'list';
type Cursor = { added_after?: string; misp?: MispCursor };

const MAX_FILE = 256 << 20;
const MAX_PROBLEMS = 200;

/**
 * Pulls a feed: asks its server for what is new, stores it, and keeps the place to go on from in the feed. Doing it again does no harm. What
 * went wrong stands in the feed's `last_error` and in the answer; what was stored before that stays.
 *
 * @throws StoreUnavailable; TypeError for a feed that doesn't exist or has nothing to pull
 */
export async function pullFeed(store: StateStore, feedId: string, deps: PullDeps): Promise<FeedOutcome> {
  const row = await store.everywhere((tx) =>
    tx.selectFrom('indicator_feed').selectAll().where('id', '=', feedId).executeTakeFirst(),
  );
  if (row === undefined) throw new TypeError(`there is no feed ${feedId}`);
  const settings = row.settings as FeedSettings;
  const { url } = settings;
  if (row.kind === 'manual' || url === undefined)
    throw new TypeError(`the feed ${row.name} has no address to pull from`);
  const feed: Feed = { organization: row.organization_id, id: row.id };
  const now = deps.now();
  const sink = new Sink(store, feed, now);
  const cursor: Cursor = { ...((row.cursor as Cursor | null) ?? {}) };
  const save = (error: string | null) =>
    store.within(feed.organization, (tx) =>
      tx
        .updateTable('indicator_feed')
        .set({ cursor: JSON.stringify(cursor), last_error: error, last_pull_at: new Date(deps.now()).toISOString() })
        .where('id', '=', feed.id)
        .execute(),
    );
  let error: string | undefined;
  try {
    const fetch: Pick<FetchOptions, 'allowPrivate' | 'allowHttp' | 'signal'> = {
      allowPrivate: settings.allow_private === true,
      allowHttp: settings.allow_http === true,
      ...(deps.signal === undefined ? {} : { signal: deps.signal }),
    };
    const headers = credentials(settings, deps.vault);
    const common = { url, fetch, ...(deps.patience === undefined ? {} : { patience: deps.patience }) };
    if (row.kind === 'taxii') {
      const { authorization } = headers;
      const names = stixNames();
      const { collection } = settings;
      const options = {
        ...common,
        ...(collection === undefined ? {} : { collection }),
        ...(authorization === undefined ? {} : { authorization }),
        ...(cursor.added_after === undefined ? {} : { addedAfter: cursor.added_after }),
      };
      let last: string | undefined;
      for await (const { objects, addedLast } of readTaxii(options)) {
        await sink.take(readStixObjects(objects, names));
        last = later(last, addedLast);
      }
      // Only now: two objects may have been added at the same moment and stand on two pages.
      if (last !== undefined) cursor.added_after = last;
    } else if (row.kind === 'misp' && (settings.form ?? 'misp') === 'misp') {
      const known = cursor.misp === undefined ? {} : { cursor: cursor.misp };
      for await (const event of readMispFeed({ ...common, headers, ...known })) {
        await sink.take(event.content);
        cursor.misp = event.cursor;
        await save(null);
      }
    } else {
      const { body } = await patientFetch(url, { ...fetch, headers, maxBytes: MAX_FILE }, deps.patience);
      const form: FeedForm = row.kind === 'stix' ? 'stix' : 'list';
      const content = readFeedText(body.toString('utf8'), form, row.name);
      await sink.take(content);
      // A list that can't be read, or holds nothing, says nothing of what it held before.
      if (form === 'list' && settings.whole !== false && content.records.length > 0) await sink.endUnlisted();
      if (content.records.length === 0) error = content.problems[0]?.message ?? 'The feed holds no indicator.';
    }
  } catch (failure) {
    if (!(failure instanceof FetchFailure)) throw failure;
    error = `${failure.message} ${failure.mend}`;
  }
  await save(error ?? null);
  return sink.outcome(error);
}

/** Stores a file of indicators that a person gave: STIX bundle, MISP event, CSV or list, told by content. */
export async function importIndicators(store: StateStore, feed: Feed, text: string, now: number): Promise<FeedOutcome> {
  const head = text.slice(0, 100_000);
  const form: FeedForm = !/^[\s\ufeff]*[{[]/.test(head) ? 'list' : /"Event"\s*:/.test(head) ? 'misp' : 'stix';
  const sink = new Sink(store, feed, now);
  await sink.take(readFeedText(text, form, 'the imported file'));
  return sink.outcome(undefined);
}

function readFeedText(text: string, form: FeedForm, name: string): FeedContent {
  if (form === 'stix') return readStixText(text);
  return form === 'misp' ? readMispText(text) : readList(text, name);
}

class Sink {
  readonly #store: StateStore;
  readonly #feed: Feed;
  readonly #now: number;
  readonly #problems: FeedProblem[] = [];
  #sum: StoredIndicators = { added: 0, changed: 0, renewed: 0, revoked: 0, again: 0, warned: 0 };
  #sightings = 0;
  #ended = 0;

  constructor(store: StateStore, feed: Feed, now: number) {
    this.#store = store;
    this.#feed = feed;
    this.#now = now;
  }

  async take({ records, sightings, problems }: FeedContent): Promise<void> {
    const stored = await storeIndicators(this.#store, this.#feed, records, this.#now);
    const sum = this.#sum;
    this.#sum = {
      added: sum.added + stored.added,
      changed: sum.changed + stored.changed,
      renewed: sum.renewed + stored.renewed,
      revoked: sum.revoked + stored.revoked,
      again: sum.again + stored.again,
      warned: sum.warned + stored.warned,
    };
    this.#sightings += await storeSightings(this.#store, this.#feed, sightings, this.#now);
    this.#problems.push(...problems.slice(0, MAX_PROBLEMS - this.#problems.length));
  }

  async endUnlisted(): Promise<void> {
    this.#ended += await endUnlisted(this.#store, this.#feed, this.#now);
  }

  outcome(error: string | undefined): FeedOutcome {
    return {
      ...this.#sum,
      sightings: this.#sightings,
      ended: this.#ended,
      problems: this.#problems,
      ...(error === undefined ? {} : { error }),
    };
  }
}

function credentials({ user, secret, header }: FeedSettings, vault: SecretBox): Record<string, string> {
  if (secret === undefined) return {};
  const open = vault.open(secret);
  if (header !== undefined) return { [header.toLowerCase()]: open };
  if (user === undefined) return { authorization: `Bearer ${open}` };
  return { authorization: `Basic ${Buffer.from(`${user}:${open}`).toString('base64')}` };
}

// Stamps of TAXII are RFC 3339 in UTC with as many digits as the server likes: of equal moments the text is kept that came first.
function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(b) > Date.parse(a) || (Date.parse(b) === Date.parse(a) && b > a) ? b : a;
}
