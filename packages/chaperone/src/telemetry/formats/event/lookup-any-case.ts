const indexes = new WeakMap<object, ReadonlyMap<string, unknown>>();

/**
 * Reads a field by its own key or dotted path like sigma's `lookup`, comparing names without case. The lower-case index
 * of an object is made once and lives as long as the object.
 */
export function lookupAnyCase(fields: object, path: string): unknown {
  return find(fields, path.toLowerCase());
}

function find(fields: object, path: string): unknown {
  const index = indexOf(fields);
  const own = index.get(path);
  if (own !== undefined) return own;
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inner = index.get(path.slice(0, dot));
    if (inner === undefined) continue;
    if (inner === null || typeof inner !== 'object') return undefined;
    const rest = path.slice(dot + 1);
    if (!Array.isArray(inner)) return find(inner, rest);
    const found: unknown[] = [];
    for (const element of inner) {
      if (element === null || typeof element !== 'object') continue;
      const value = find(element, rest);
      if (Array.isArray(value)) found.push(...value);
      else if (value !== undefined) found.push(value);
    }
    return found.length > 0 ? found : undefined;
  }
  return undefined;
}

function indexOf(fields: object): ReadonlyMap<string, unknown> {
  const known = indexes.get(fields);
  if (known !== undefined) return known;
  const index = new Map<string, unknown>();
  for (const [key, value] of Object.entries(fields)) {
    const lower = key.toLowerCase();
    if (!index.has(lower)) index.set(lower, value);
  }
  indexes.set(fields, index);
  return index;
}
