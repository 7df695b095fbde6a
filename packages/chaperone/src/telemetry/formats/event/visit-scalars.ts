/** Depth beyond which nested values aren't visited: hostile input nests without end. */
const MAX_DEPTH = 64;

/** Calls back with every scalar within a value. */
export function visitScalars(value: unknown, visit: (value: unknown) => void, depth = 0): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    visit(value);
    return;
  }
  if (depth >= MAX_DEPTH) return;
  for (const inner of Object.values(value)) visitScalars(inner, visit, depth + 1);
}
