import { numericValue } from '@chaperone/sigma';
import type { EventClass, LogEvent } from '../../telemetry/index.ts';

/** Fields of one event that are stored, at most, and characters of a value: what is beyond stands in the raw text. */
const MOST_FIELDS = 1_000;
const MOST_DEPTH = 32;

/** What a stored event is asked for by name: the source's own fields, and all that rules read of it. */
export interface EventFields {
  readonly fields: readonly (readonly [name: string, values: readonly string[]])[];
  readonly numbers: readonly (readonly [name: string, values: readonly number[]])[];
}

/** What is known of one kind of event: how the paths of its form are called, and what rules ask besides. */
interface Naming {
  /** path in the form it came in, to the name that it answers to */
  readonly names: Map<string, string>;
  readonly asked: readonly string[];
}

const MOST_NAMES = 4_096;

/**
 * Lays out the fields of events for the store, so that a Sigma rule in SQL finds what the rule finds in the event (docs/sigma-sql.md, "What to
 * store"): a value stands under the shortest end of its path to which the event answers with it (`CommandLine` for
 * `winlog.event_data.CommandLine`), and beside them what rules ask for and the source spells otherwise.
 */
export class FieldStore {
  readonly #namings = new Map<EventClass, Naming>();
  /** names that rules read of a kind of event, in the source's own words */
  readonly #read: (eventClass: EventClass) => readonly string[];

  constructor(read: (eventClass: EventClass) => readonly string[]) {
    this.#read = read;
  }

  of(event: LogEvent): EventFields {
    let naming = this.#namings.get(event.class);
    if (naming === undefined) {
      naming = { names: new Map(), asked: this.#read(event.class) };
      this.#namings.set(event.class, naming);
    }
    const texts = new Map<string, string[]>();
    const numbers = new Map<string, number[]>();
    this.#walk(event, naming, event.fields(), '', texts, numbers, 0);
    for (const name of naming.asked) {
      if (texts.has(name)) continue;
      const value = event.get(name);
      if (value !== undefined && value !== null) put(name, value, texts, numbers);
    }
    return { fields: [...texts], numbers: [...numbers] };
  }

  #walk(
    event: LogEvent,
    naming: Naming,
    value: Readonly<Record<string, unknown>>,
    prefix: string,
    texts: Map<string, string[]>,
    numbers: Map<string, number[]>,
    depth: number,
  ): void {
    for (const key in value) {
      const inner = value[key];
      if (inner === null || inner === undefined) continue;
      const path = prefix === '' ? key : `${prefix}.${key}`;
      if (typeof inner === 'object' && !Array.isArray(inner)) {
        if (depth < MOST_DEPTH)
          this.#walk(event, naming, inner as Record<string, unknown>, path, texts, numbers, depth + 1);
        continue;
      }
      if (texts.size >= MOST_FIELDS) return;
      let name = naming.names.get(path);
      if (name === undefined) {
        name = shortest(event, path, inner);
        if (naming.names.size < MOST_NAMES) naming.names.set(path, name);
      }
      put(name, inner, texts, numbers);
    }
  }
}

/** The shortest end of the path under which the event gives this value. */
function shortest(event: LogEvent, path: string, value: unknown): string {
  for (let at = path.lastIndexOf('.'); at >= 0; at = path.lastIndexOf('.', at - 1)) {
    const name = path.slice(at + 1);
    const given = event.get(name);
    if (given !== undefined && String(given) === String(value)) return name;
    if (at === 0) break;
  }
  return path;
}

function put(name: string, value: unknown, texts: Map<string, string[]>, numbers: Map<string, number[]>): void {
  const values: string[] = texts.get(name) ?? [];
  const found: number[] = numbers.get(name) ?? [];
  add(value, values, found, 0);
  texts.set(name, values);
  if (found.length > 0) numbers.set(name, found);
}

function add(value: unknown, values: string[], found: number[], depth: number): void {
  if (value === null || value === undefined || values.length >= MOST_FIELDS) return;
  if (typeof value === 'object') {
    if (depth >= MOST_DEPTH) return;
    for (const inner of Object.values(value)) add(inner, values, found, depth + 1);
    return;
  }
  values.push(typeof value === 'string' ? value : String(value));
  const number = numericValue(value);
  if (number !== undefined && Number.isFinite(number)) found.push(number);
}
