import type { IndicatorType } from '../indicator.ts';
import { normalise } from '../normalise.ts';
import { readTlp, strictest } from '../tlp.ts';
import { FeedCollector, type FeedContent } from './feed-record.ts';

type MispObject = Readonly<Record<string, unknown>>;
type Taken = IndicatorType | 'hash';

/** Types of MISP and what each part of their value (`a|b`) is here; an empty part only describes. */
const TYPES: Readonly<Record<string, readonly (Taken | '')[]>> = {
  'ip-src': ['ip'],
  'ip-dst': ['ip'],
  'ip-src|port': ['ip', ''],
  'ip-dst|port': ['ip', ''],
  domain: ['domain'],
  hostname: ['domain'],
  'hostname|port': ['domain', ''],
  'domain|ip': ['domain', 'ip'],
  url: ['url'],
  uri: ['url'],
  link: ['url'],
  email: ['email'],
  'email-src': ['email'],
  'email-dst': ['email'],
  'email-reply-to': ['email'],
  md5: ['md5'],
  sha1: ['sha1'],
  sha256: ['sha256'],
  imphash: ['imphash'],
  filename: ['file-name'],
  'filename|md5': ['', 'md5'],
  'filename|sha1': ['', 'sha1'],
  'filename|sha256': ['', 'sha256'],
  'filename|imphash': ['', 'imphash'],
  mutex: ['mutex'],
  'named pipe': ['pipe'],
  regkey: ['registry-key'],
  'regkey|value': ['registry-key', ''],
};

/** The taxonomy misp:confidence-level, in numbers. */
const CONFIDENCE: Readonly<Record<string, number>> = {
  'completely-confident': 100,
  'usually-confident': 75,
  'fairly-confident': 50,
  'rarely-confident': 25,
  unconfident: 0,
};

/** Reads an event of a MISP feed: its attributes and those of its objects that are for detection (`to_ids`), and deleted ones as withdrawn. */
export function readMispText(text: string): FeedContent {
  const collector = new FeedCollector();
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const why = (error as Error).message.slice(0, 160);
    collector.problem('FEED_UNREADABLE', '', `It isn't JSON: ${why}`, 'Give an event as MISP exports it.');
    return collector.content();
  }
  const events = Array.isArray(root) ? root : ((root as { response?: unknown } | null)?.response ?? root);
  for (const one of Array.isArray(events) ? events : [events]) readEvent(one, collector);
  return collector.content();
}

function readEvent(root: unknown, collector: FeedCollector): void {
  const event = objectOf((root as { Event?: unknown } | null)?.Event);
  if (event === undefined)
    return void collector.problem('FEED_OBJECT', '', 'It has no `Event`.', 'Give an event as MISP exports it.');
  const tags = tagsOf(event);
  const info = typeof event.info === 'string' ? event.info : undefined;
  const attributes = [
    ...listOf(event.Attribute),
    ...listOf(event.Object).flatMap((object) =>
      listOf(object.Attribute).map(
        (attribute): MispObject => (isTrue(object.deleted) ? { ...attribute, deleted: true } : attribute),
      ),
    ),
  ];
  for (const attribute of attributes) readAttribute(attribute, tags, info, collector);
}

function readAttribute(
  attribute: MispObject,
  eventTags: readonly string[],
  info: string | undefined,
  collector: FeedCollector,
): void {
  const { type, value, uuid, comment } = attribute;
  const revoked = isTrue(attribute.deleted);
  // What isn't for detection is context, by its author's word: no problem, and no indicator.
  if (!isTrue(attribute.to_ids) && !revoked) return;
  const id = typeof uuid === 'string' ? uuid.slice(0, 80) : '';
  if (typeof type !== 'string' || typeof value !== 'string')
    return void collector.problem('FEED_OBJECT', id, 'An attribute has no type or value.', 'Ask who keeps the feed.');
  const parts = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (parts === undefined)
    return void collector.problem(
      'FEED_TYPE',
      id,
      `An attribute of type ${type.slice(0, 40)} isn't matched: events here carry no such value.`,
      'Nothing to do; it is left out.',
    );
  const own = tagsOf(attribute);
  const tags = [...own, ...eventTags];
  // An attribute's own mark goes before its event's.
  const tlp = strictest(marksOf(own)) ?? strictest(marksOf(eventTags));
  const confidence = tags.map(confidenceOf).find((number) => number !== undefined);
  const note = [info, typeof comment === 'string' ? comment : ''].filter((text) => text !== undefined && text !== '');
  const from = timeOf(attribute.first_seen) ?? timeOf(attribute.timestamp);
  const pieces = parts.length === 1 ? [value] : value.split('|');
  parts.forEach((taken, index) => {
    if (taken === '') return;
    const normal = normalise(taken, pieces[index] ?? '');
    if (typeof normal === 'string')
      collector.problem('FEED_VALUE', id, `A value isn't taken: ${normal}.`, 'Ask who keeps the feed.');
    else
      collector.record({
        ...normal,
        written: pieces[index]!.trim(),
        ...(from === undefined ? {} : { validFrom: from }),
        ...(confidence === undefined ? {} : { confidence }),
        ...(tlp === undefined ? {} : { tlp }),
        ...(note.length === 0 ? {} : { note: note.join(': ') }),
        ...(id === '' ? {} : { externalId: id }),
        revoked,
        labels: tags,
      });
  });
}

function marksOf(tags: readonly string[]): string[] {
  return tags
    .filter((tag) => /^tlp:/i.test(tag))
    .map(readTlp)
    .filter((mark) => mark !== undefined);
}

function confidenceOf(tag: string): number | undefined {
  const level = /^misp:confidence-level="([a-z-]+)"$/.exec(tag)?.[1];
  return level !== undefined && Object.hasOwn(CONFIDENCE, level) ? CONFIDENCE[level] : undefined;
}

function tagsOf(object: MispObject): string[] {
  return listOf(object.Tag).flatMap(({ name }) => (typeof name === 'string' ? [name.slice(0, 200)] : []));
}

function listOf(list: unknown): MispObject[] {
  return Array.isArray(list) ? list.filter((item) => objectOf(item) !== undefined) : [];
}

function objectOf(value: unknown): MispObject | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as MispObject) : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1';
}

// Seconds since 1970 as MISP writes its stamps, or ISO 8601 as it writes when something was seen.
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const time = /^\d{1,11}$/.test(String(value)) ? Number(value) * 1_000 : Date.parse(String(value));
  return Number.isFinite(time) && time > 0 && time < 8e15 ? time : undefined;
}
