/** How the engine reaches an event's values: by the source's own field name; a dotted name reaches into objects. */
export interface EventAccess {
  /** the value, or undefined where the field is absent; an array means any of its elements */
  get(field: string): unknown;
  /** calls back with every scalar value, for keywords */
  values(visit: (value: unknown) => void): void;
  /** the raw text of the event where there is one, for keywords */
  raw?(): string | undefined;
}

/** An event as a plain object: an own key first, then the dotted path (`userIdentity.type`). */
export function objectAccess(fields: Readonly<Record<string, unknown>>, raw?: string): EventAccess {
  return {
    get: (field) => lookup(fields, field),
    values: (visit) => visitScalars(fields, visit, 0),
    raw: () => raw,
  };
}

/** Reads one field by its own key or, failing that, by its dotted path. */
export function lookup(fields: Readonly<Record<string, unknown>>, field: string): unknown {
  if (Object.hasOwn(fields, field)) return fields[field];
  const dot = field.indexOf('.');
  if (dot < 0) return undefined;
  let from = dot;
  while (from > 0) {
    const head = field.slice(0, from);
    if (Object.hasOwn(fields, head)) {
      const inner = fields[head];
      const rest = field.slice(from + 1);
      if (Array.isArray(inner)) {
        const found: unknown[] = [];
        for (const element of inner) {
          if (element !== null && typeof element === 'object') {
            const value = lookup(element as Record<string, unknown>, rest);
            if (Array.isArray(value)) found.push(...value);
            else if (value !== undefined) found.push(value);
          }
        }
        return found.length > 0 ? found : undefined;
      }
      if (inner !== null && typeof inner === 'object') return lookup(inner as Record<string, unknown>, rest);
      return undefined;
    }
    from = field.indexOf('.', from + 1);
  }
  return undefined;
}

/** Depth beyond which nested values aren't visited: hostile input nests without end. */
const MAX_DEPTH = 64;

function visitScalars(value: unknown, visit: (value: unknown) => void, depth: number): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    visit(value);
    return;
  }
  if (depth >= MAX_DEPTH) return;
  for (const inner of Object.values(value)) visitScalars(inner, visit, depth + 1);
}
