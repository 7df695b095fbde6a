/** A dotted path taken apart once: `parts[i]` one name, `rests[i]` the path from there on, both also in lower case. */
interface Path {
  readonly parts: readonly string[];
  readonly lowParts: readonly string[];
  readonly rests: readonly string[];
  readonly lowRests: readonly string[];
}

/** Paths come from rules and formats, so there are some thousands; the bound is for whoever makes them up. */
const MAX_PATHS = 20_000;
const paths = new Map<string, Path>();

/**
 * Reads a field by its own key or dotted path like sigma's `lookup`, comparing names without case. The name as it is
 * written is tried first; only where it is missing are an object's keys compared, those of the same length alone.
 */
export function lookupAnyCase(fields: object, path: string): unknown {
  return find(fields as Record<string, unknown>, pathOf(path), 0);
}

function find(fields: Record<string, unknown>, path: Path, at: number): unknown {
  const own = member(fields, path.rests[at], path.lowRests[at]);
  if (own !== undefined || at + 1 === path.parts.length) return own;
  const inner = member(fields, path.parts[at], path.lowParts[at]);
  if (inner === null || typeof inner !== 'object') return undefined;
  if (!Array.isArray(inner)) return find(inner as Record<string, unknown>, path, at + 1);
  const found: unknown[] = [];
  for (const element of inner) {
    if (element === null || typeof element !== 'object') continue;
    const value = find(element as Record<string, unknown>, path, at + 1);
    if (Array.isArray(value)) found.push(...value);
    else if (value !== undefined) found.push(value);
  }
  return found.length > 0 ? found : undefined;
}

function member(fields: Record<string, unknown>, name: string, low: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  for (const key in fields) {
    if (key.length === low.length && key.toLowerCase() === low && Object.hasOwn(fields, key)) return fields[key];
  }
  return undefined;
}

function pathOf(text: string): Path {
  const known = paths.get(text);
  if (known !== undefined) return known;
  const parts = text.split('.');
  const rests = parts.map((_, at) => parts.slice(at).join('.'));
  const low = (names: readonly string[]) => names.map((name) => name.toLowerCase());
  const path = { parts, lowParts: low(parts), rests, lowRests: low(rests) };
  if (paths.size < MAX_PATHS && text.length < 300) paths.set(text, path);
  return path;
}
