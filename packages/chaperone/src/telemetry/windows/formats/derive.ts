import type { EventClass } from '../../event.ts';

/** A class's derived value for a field, from the event's other fields. */
export function derive(kind: EventClass, field: string, get: (field: string) => unknown): unknown {
  const { derived } = kind;
  if (derived === undefined || !Object.hasOwn(derived, field)) return undefined;
  const rule = derived[field];
  return rule.make(rule.from.map(get));
}

/** The class to go on with, where one more field decides. */
export function refined(kind: EventClass, get: (field: string) => unknown): EventClass {
  return kind.refine === undefined ? kind : kind.refine.by(get(kind.refine.field));
}
