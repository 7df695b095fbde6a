import { normalise } from '../normalise.ts';
import { readDate } from '../reader.ts';
import { readPattern } from '../stix-pattern.ts';
import { markOf, readTlp, strictest } from '../tlp.ts';
import { FeedCollector, type FeedContent } from './feed-record.ts';

type StixObject = Readonly<Record<string, unknown>>;

/** What objects say of each other across the pages of one feed. */
export interface StixNames {
  /** marking id → mark */
  readonly marks: Map<string, string>;
}

export function stixNames(): StixNames {
  return { marks: new Map() };
}

/** Marking definitions of one's own that are remembered. */
const MAX_MARKS = 10_000;

/** Reads a STIX 2.1 bundle (or a bare list of objects) from its text. Hostile text gives problems, never an error. */
export function readStixText(text: string, names: StixNames = stixNames()): FeedContent {
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return unreadable(`It isn't JSON: ${(error as Error).message.slice(0, 160)}`);
  }
  const objects = Array.isArray(root) ? root : (root as { objects?: unknown } | null)?.objects;
  if (!Array.isArray(objects)) return unreadable('The JSON is no STIX bundle: it has no `objects`.');
  return readStixObjects(objects, names);
}

/** Reads indicators and sightings among STIX 2.1 objects. Of several versions of one object the latest counts. */
export function readStixObjects(objects: readonly unknown[], names: StixNames = stixNames()): FeedContent {
  const collector = new FeedCollector();
  const latest = new Map<string, StixObject>();
  for (const object of objects as StixObject[]) {
    if (object === null || typeof object !== 'object') continue;
    const { type, id } = object;
    if (type === 'marking-definition' && typeof id === 'string' && names.marks.size < MAX_MARKS) {
      const mark = readTlp(markOf(id, object) ?? '');
      if (mark !== undefined) names.marks.set(id, mark);
    }
    if (type !== 'indicator' && type !== 'sighting') continue;
    if (typeof id !== 'string')
      collector.problem('FEED_OBJECT', '', `An object of type ${type} has no id.`, 'Ask who keeps the feed.');
    else if (!(stamp(latest.get(id)) > stamp(object))) latest.set(id, object);
  }
  for (const [id, object] of latest) {
    if (object.type === 'indicator') readIndicator(id, object, names, collector);
    else readSighting(object, collector);
  }
  return collector.content();
}

function readIndicator(id: string, object: StixObject, names: StixNames, collector: FeedCollector): void {
  const { pattern, pattern_type: language } = object;
  const shownId = id.slice(0, 80);
  if (typeof pattern !== 'string' || (language !== undefined && language !== 'stix'))
    return void collector.problem(
      'FEED_PATTERN',
      shownId,
      typeof pattern === 'string'
        ? `Its pattern is written in ${String(language).slice(0, 20)}, and only STIX patterns are matched.`
        : 'It has no pattern.',
      language === 'sigma' ? 'Add it as a rule of your own.' : 'Nothing to do; it is left out.',
    );
  const { comparisons, unmatched } = readPattern(pattern);
  for (const why of unmatched)
    collector.problem(
      comparisons.length === 0 ? 'FEED_PATTERN' : 'FEED_PATTERN_PART',
      shownId,
      comparisons.length === 0 ? `It isn't matched: ${why}.` : `Not all of it is matched: ${why}.`,
      'Write it as a Sigma rule where it matters.',
    );
  const [from, until] = [readDate(object.valid_from), readDate(object.valid_until)];
  if (from === null || until === null)
    collector.problem('FEED_OBJECT', shownId, 'A date of it is none, and is left out.', 'Ask who keeps the feed.');
  const rest = {
    ...(typeof from === 'number' ? { validFrom: from } : {}),
    ...(typeof until === 'number' ? { validUntil: until } : {}),
    ...(typeof object.confidence === 'number' && object.confidence >= 0 && object.confidence <= 100
      ? { confidence: Math.round(object.confidence) }
      : {}),
    ...markOfObject(object, names),
    ...(typeof object.name === 'string' ? { note: object.name } : {}),
    externalId: id.slice(0, 200),
    revoked: object.revoked === true,
    labels: [...texts(object.indicator_types), ...texts(object.labels)],
  };
  for (const { type, value } of comparisons) {
    const normal = normalise(type, value);
    if (typeof normal === 'string')
      collector.problem('FEED_VALUE', shownId, `A value isn't taken: ${normal}.`, 'Ask who keeps the feed.');
    else collector.record({ ...normal, written: value.trim(), ...rest });
  }
}

function readSighting(object: StixObject, collector: FeedCollector): void {
  const seen = object.sighting_of_ref;
  if (object.revoked === true || typeof seen !== 'string' || !seen.startsWith('indicator--')) return;
  const count = object.count;
  const last = readDate(object.last_seen) ?? readDate(object.first_seen) ?? readDate(object.created);
  collector.sighting({
    externalId: seen.slice(0, 200),
    count: typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? Math.min(count, 999_999_999) : 1,
    ...(typeof last === 'number' ? { lastSeen: last } : {}),
  });
}

function markOfObject(object: StixObject, names: StixNames): { tlp?: string } {
  const refs = texts(object.object_marking_refs);
  const marks = refs
    .map((ref) => readTlp(markOf(ref) ?? names.marks.get(ref) ?? ''))
    .filter((mark) => mark !== undefined);
  const tlp = strictest(marks);
  return tlp === undefined ? {} : { tlp };
}

function stamp(object: StixObject | undefined): number {
  const time = Date.parse(String(object?.modified ?? object?.created));
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

function texts(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string').map((item) => item.slice(0, 200)) : [];
}

function unreadable(message: string): FeedContent {
  const collector = new FeedCollector();
  collector.problem('FEED_UNREADABLE', '', message, 'Give a STIX 2.1 bundle.');
  return collector.content();
}
