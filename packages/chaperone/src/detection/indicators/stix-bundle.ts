import { clamp, optional, type Reader, readDate } from './reader.ts';
import { readPattern } from './stix-pattern.ts';
import { markOf } from './tlp.ts';

interface StixObject {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly pattern?: unknown;
  readonly pattern_type?: unknown;
  readonly valid_from?: unknown;
  readonly valid_until?: unknown;
  readonly revoked?: unknown;
  readonly confidence?: unknown;
  readonly name?: unknown;
  readonly created_by_ref?: unknown;
  readonly object_marking_refs?: unknown;
}

/** Reads the indicators of a STIX 2.1 bundle. */
export function readStixBundle(text: string, reader: Reader): void {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    return void reader.problem(
      'INDICATORS_UNREADABLE',
      1,
      `Not JSON: ${(error as Error).message.slice(0, 160)}`,
      'Give a STIX 2.1 bundle, a CSV or a list.',
    );
  }
  const objects = Array.isArray(root) ? root : (root as { objects?: unknown }).objects;
  if (!Array.isArray(objects))
    return void reader.problem(
      'INDICATORS_UNREADABLE',
      1,
      'The JSON is no STIX bundle: it has no `objects`.',
      'Give a STIX 2.1 bundle, a CSV or a list.',
    );
  const names = new Map<unknown, string>();
  const tlps = new Map<unknown, string>();
  for (const object of objects as StixObject[]) {
    if (object?.type === 'identity' && typeof object.name === 'string') names.set(object.id, object.name);
    if (object?.type === 'marking-definition')
      tlps.set(object.id, markOf(object.id, object as Readonly<Record<string, unknown>>) ?? '');
  }
  (objects as StixObject[]).forEach((object, at) => {
    if (object === null || typeof object !== 'object' || object.type !== 'indicator') return;
    readStixIndicator(object, at + 1, names, tlps, reader);
  });
}

function readStixIndicator(
  object: StixObject,
  line: number,
  names: ReadonlyMap<unknown, string>,
  tlps: ReadonlyMap<unknown, string>,
  reader: Reader,
): void {
  const id = typeof object.id === 'string' ? object.id.slice(0, 80) : 'an indicator without an id';
  if (object.revoked === true)
    return void reader.problem('INDICATORS_EXPIRED', line, `${id} was revoked by its feed.`, 'Nothing to do.');
  if (typeof object.pattern !== 'string' || (object.pattern_type !== undefined && object.pattern_type !== 'stix'))
    return void reader.problem(
      'INDICATORS_PATTERN',
      line,
      `${id} has no STIX pattern.`,
      'Only patterns of type stix are read; give Sigma rules by --rules.',
    );
  const { comparisons, unmatched } = readPattern(object.pattern);
  for (const why of unmatched)
    reader.problem(
      'INDICATORS_PATTERN',
      line,
      comparisons.length === 0 ? `${id} isn't read: ${why}.` : `Of ${id} not all is read: ${why}.`,
      'Write it as a Sigma rule where it matters.',
    );
  const from = readDate(object.valid_from);
  const until = readDate(object.valid_until);
  const tlp = Array.isArray(object.object_marking_refs)
    ? object.object_marking_refs
        .map((ref) => markOf(ref) ?? tlps.get(ref))
        .find((name) => name !== undefined && name !== '')
    : undefined;
  for (const { type, value } of comparisons) {
    reader.add(
      type,
      value,
      {
        ...(from === undefined || from === null ? {} : { validFrom: from }),
        ...(until === undefined || until === null ? {} : { validUntil: until }),
        ...optional('confidence', typeof object.confidence === 'number' ? clamp(String(object.confidence)) : undefined),
        ...optional('tlp', tlp),
        ...optional('feed', names.get(object.created_by_ref)),
        ...optional('description', typeof object.name === 'string' ? object.name.slice(0, 300) : undefined),
      },
      line,
    );
  }
}
