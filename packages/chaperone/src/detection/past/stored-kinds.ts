import type { EventStore } from '../../storage/index.ts';
import { createRecordDecoder, type EventClass, type LogEvent } from '../../telemetry/index.ts';

/** A stored event, read again. */
export interface StoredSample {
  readonly event: LogEvent;
  /** names under which the store has its fields */
  readonly stored: ReadonlySet<string>;
}

/** A kind of event that an organisation has stored. */
export interface StoredKind {
  readonly key: string;
  /** undefined: its class could not be told from a stored event */
  readonly class: EventClass | undefined;
  readonly samples: readonly StoredSample[];
}

const MOST_KINDS = 2_000;
const AT_ONCE = 8;
/** Events of a kind that are read again: the first may be one that is read only with what came before it. */
const SAMPLES = 10;

/** The kinds of events in the store with their classes and some events of each. */
export async function storedKinds(store: EventStore, organization: string): Promise<readonly StoredKind[]> {
  const kinds = await store.query<{ kind: string }>(
    organization,
    ({ events }) => `SELECT DISTINCT kind FROM ${events} WHERE kind != 'unread' LIMIT ${MOST_KINDS}`,
  );
  const found: StoredKind[] = [];
  for (let from = 0; from < kinds.length; from += AT_ONCE)
    found.push(
      ...(await Promise.all(kinds.slice(from, from + AT_ONCE).map(({ kind }) => learn(store, organization, kind)))),
    );
  return found;
}

async function learn(store: EventStore, organization: string, kind: string): Promise<StoredKind> {
  const rows = await store.query<{ raw: string; names: readonly string[]; received: string }>(
    organization,
    ({ events }) =>
      `SELECT raw, mapKeys(fields) AS names, toString(received) AS received FROM ${events} WHERE kind = {kind:String} LIMIT ${SAMPLES}`,
    { kind },
  );
  const decoder = createRecordDecoder({ name: 'stored', zone: 'UTC' });
  const samples: StoredSample[] = [];
  let known: EventClass | undefined;
  for (const { raw, names, received } of rows) {
    const event = decoder.decode(raw, { file: 'stored', record: 0 }, Number(received));
    if (event === undefined || 'kind' in event) continue;
    const own = classOf(event, kind);
    if (own === undefined) continue;
    known ??= own;
    samples.push({ event, stored: new Set(names) });
  }
  return { key: kind, class: known, samples };
}

/** The class of this key that an event is of: its own, or what one more field makes of it. */
function classOf(event: LogEvent, key: string): EventClass | undefined {
  const own = event.class;
  if (same(own.key, key)) return own;
  const refined = own.refine?.by(event.get(own.refine.field));
  return refined !== undefined && same(refined.key, key) ? refined : undefined;
}

// A provider is spelled as it came first since the start.
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
