import { lookup } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place } from '../../event.ts';
import { lookupAnyCase } from './lookup-any-case.ts';
import { visitScalars } from './visit-scalars.ts';

/** A JSON object as it was logged. */
export type Json = Readonly<Record<string, unknown>>;

/** How an event's values are reached. With `anyCase`, names in `derived` and `aliases` are in lower case. */
export interface JsonAccess {
  /** names are compared without case: exports and pipelines change it (`operationName`, `OperationName`) */
  readonly anyCase?: boolean;
  /** keys of objects whose members count as the event's own (`properties` of Azure Monitor) */
  readonly within?: readonly string[];
  /** dots in a name may be underscores in the event (`id.orig_h`, `id_orig_h`) */
  readonly underscores?: boolean;
  /** values that are worked out; asked first, undefined goes on */
  readonly derived?: ReadonlyMap<string, (event: JsonEvent) => unknown>;
  /** further names of paths; the first that is present answers */
  readonly aliases?: ReadonlyMap<string, readonly string[]>;
  /** asked last */
  readonly otherwise?: (field: string, event: JsonEvent) => unknown;
}

/**
 * An event that was JSON. A whole object, or an array of objects, answers as its JSON text, since rules look into it with
 * `contains`.
 */
export class JsonEvent implements LogEvent {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  readonly json: Json;
  readonly #text: string | undefined;
  readonly #access: JsonAccess;

  /** @param text the record's own text; undefined: the JSON as it stands is rendered when asked for */
  constructor(
    kind: EventClass,
    time: number | undefined,
    place: Place,
    text: string | undefined,
    json: Json,
    access: JsonAccess,
  ) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.#text = text;
    this.json = json;
    this.#access = access;
  }

  get(field: string): unknown {
    const access = this.#access;
    const name = access.anyCase === true ? field.toLowerCase() : field;
    const derived = access.derived?.get(name)?.(this);
    if (derived !== undefined) return derived;
    const own = this.find(field);
    if (own !== undefined) return scalar(own);
    const others = access.aliases?.get(name);
    if (others !== undefined) {
      for (const other of others) {
        const value = this.find(other);
        if (value !== undefined && value !== null) return scalar(value);
      }
    }
    return access.otherwise?.(field, this);
  }

  /** The value as it stands in the JSON, by its own key or dotted path. */
  find(path: string): unknown {
    const access = this.#access;
    const look = access.anyCase === true ? lookupAnyCase : lookup;
    const own = look(this.json, path);
    if (own !== undefined) return own;
    if (access.within !== undefined) {
      for (const key of access.within) {
        const inner = look(this.json, key);
        if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) continue;
        const value = look(inner as Json, path);
        if (value !== undefined) return value;
      }
    }
    if (access.underscores === true && path.includes('.')) return this.json[path.replaceAll('.', '_')];
    return undefined;
  }

  /** The first text or number at any of the paths, as text. */
  text(...paths: string[]): string | undefined {
    for (const path of paths) {
      const found = this.find(path);
      const value = Array.isArray(found) ? found[0] : found;
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    }
    return undefined;
  }

  values(visit: (value: unknown) => void): void {
    visitScalars(this.json, visit);
  }

  fields(): Json {
    return this.json;
  }

  raw(): string {
    return this.#text ?? stringify(this.json) ?? '';
  }
}

function scalar(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && value.length > 0) {
    for (const element of value) if (typeof element === 'object' && element !== null) return stringify(value);
    return value;
  }
  return stringify(value);
}

/** JSON.stringify recurses natively: what nests deeper than the stack answers as nothing rather than throws. */
export function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
