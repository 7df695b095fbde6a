/** One place in which two events differ. */
export interface Difference {
  readonly path: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/**
 * Compares an event with the same event as another tool's JSON shows it, field by field. Three ways of writing a value
 * count as equal, since older evtx_dump releases (whose output the SigmaHQ regression data is) differ from Windows there:
 * GUIDs without braces and in upper case, times with the seventh digit cut off, text without its trailing white space.
 * A 64-bit number that JSON.parse rounded equals the exact one.
 */
export function differences(ours: unknown, theirs: unknown, path = ''): Difference[] {
  if (isObject(ours) && isObject(theirs) && Array.isArray(ours) === Array.isArray(theirs)) {
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => differences(ours[key], theirs[key], `${path}/${key}`));
  }
  return Object.is(plain(ours), plain(theirs)) || isRounded(ours, theirs) ? [] : [{ path, ours, theirs }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}

function plain(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const guid = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(value);
  if (guid !== null) return guid[1].toLowerCase();
  return value.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\dZ$/, '$1Z').trimEnd();
}

function isRounded(ours: unknown, theirs: unknown): boolean {
  return (
    typeof ours === 'string' && typeof theirs === 'number' && Math.abs(theirs) > 2 ** 53 && Number(ours) === theirs
  );
}

/** The JSON documents of a text that holds several one after the other. */
export function jsonDocuments(text: string): unknown[] {
  const documents: unknown[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' && depth++ === 0) start = index;
    else if (character === '}' && --depth === 0) documents.push(JSON.parse(text.slice(start, index + 1)));
  }
  return documents;
}
