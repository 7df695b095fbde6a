import type { JsonEvent } from '../event/json-event.ts';
import { isObject } from '../event/json-format.ts';

/** The value of `[{ name, value | boolValue | intValue | multiValue }]` by name, without case. */
export function parameter(event: JsonEvent, path: string, name: string): string | undefined {
  const found = event.find(path);
  const wanted = name.toLowerCase();
  if (isObject(found)) {
    // Some exports turn the list into an object
    for (const [key, value] of Object.entries(found)) if (key.toLowerCase() === wanted) return text(value);
    return undefined;
  }
  if (!Array.isArray(found)) return undefined;
  for (const one of found.slice(0, 256)) {
    if (!isObject(one) || typeof one.name !== 'string' || one.name.toLowerCase() !== wanted) continue;
    return text(one.value ?? one.boolValue ?? one.intValue ?? one.multiValue ?? one.multiStrValue);
  }
  return undefined;
}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string').join(',');
  return typeof value === 'object' ? undefined : String(value);
}
