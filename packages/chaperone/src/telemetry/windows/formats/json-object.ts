/** A JSON object as it was logged. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * An own value of a JSON object. Reading is by plain property access, for speed; names that every object inherits
 * (`constructor`, `__proto__`) hold functions or the prototype, which JSON can't, and count as absent.
 */
export function own(json: Json, name: string): unknown {
  const value = json[name];
  if (typeof value === 'function' || value === Object.prototype) {
    return Object.hasOwn(json, name) ? value : undefined;
  }
  return value;
}

/** A value as rules may compare it: an object, or an array of objects, is its JSON text, since rules look into it. */
export function comparable(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value) && value.every((element) => element === null || typeof element !== 'object')) return value;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** Depth beyond which nested values aren't visited: hostile input nests without end. */
const MAX_DEPTH = 64;

/** Calls back with every scalar inside a value. */
export function visitScalars(value: unknown, visit: (value: unknown) => void, depth = 0): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    visit(value);
    return;
  }
  if (depth >= MAX_DEPTH) return;
  for (const inner of Object.values(value)) visitScalars(inner, visit, depth + 1);
}
