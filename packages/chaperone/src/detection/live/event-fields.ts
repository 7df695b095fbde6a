import { numericValue } from '@chaperone/sigma';
import type { EventClass, LogEvent } from '../../telemetry/index.ts';

/** Fields of one event that are stored, at most, and characters of a value: what is beyond stands in the raw text. */
const MOST_FIELDS = 1_000;
const MOST_DEPTH = 32;

/** What a stored event is asked for by name: the source's own fields, and all that rules read of it. Good until the next event is laid out. */
export interface EventFields {
  readonly fields: readonly (readonly [name: string, values: readonly string[]])[];
  readonly numbers: readonly (readonly [name: string, values: readonly number[]])[];
}

/** One name and what the event at hand has under it; kept from event to event, for a stream would make millions of these a minute. */
class Slot {
  readonly texts: [name: string, values: string[]];
  readonly numbers: [name: string, values: number[]];
  /** number of the event that filled it last */
  event = -1;

  constructor(name: string) {
    this.texts = [name, []];
    this.numbers = [name, []];
  }
}

/** A place in the form of a kind of event. */
interface Node {
  slot: Slot | undefined;
  readonly inner: Map<string, Node>;
}

/** What is known of one kind of event: how the paths of its form are called, and what rules ask besides. */
interface Naming {
  readonly root: Node;
  readonly slots: Map<string, Slot>;
  readonly asked: readonly Slot[];
  places: number;
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
  #event = 0;
  #naming: Naming | undefined;
  readonly #fields: [string, string[]][] = [];
  readonly #numbers: [string, number[]][] = [];

  constructor(read: (eventClass: EventClass) => readonly string[]) {
    this.#read = read;
  }

  of(event: LogEvent): EventFields {
    let naming = this.#namings.get(event.class);
    if (naming === undefined) {
      naming = { root: newNode(), slots: new Map(), asked: [], places: 0 };
      const asked = this.#read(event.class).map((name) => slotOf(naming!, name));
      naming = { ...naming, asked };
      this.#namings.set(event.class, naming);
    }
    this.#naming = naming;
    this.#event += 1;
    this.#fields.length = 0;
    this.#numbers.length = 0;
    this.#walk(event, naming.root, event.fields(), '', 0);
    for (const slot of naming.asked) {
      if (slot.event === this.#event) continue;
      const value = event.get(slot.texts[0]);
      if (value !== undefined && value !== null) this.#put(slot, value);
    }
    return { fields: this.#fields, numbers: this.#numbers };
  }

  #walk(event: LogEvent, node: Node, value: Readonly<Record<string, unknown>>, prefix: string, depth: number): void {
    for (const key in value) {
      const inner = value[key];
      if (inner === null || inner === undefined) continue;
      const nested = typeof inner === 'object' && !Array.isArray(inner);
      if (!nested && this.#fields.length >= MOST_FIELDS) return;
      let next = node.inner.get(key);
      if (next === undefined) {
        next = newNode();
        if (this.#naming!.places < MOST_NAMES) {
          this.#naming!.places += 1;
          node.inner.set(key, next);
        }
      }
      if (nested) {
        if (depth < MOST_DEPTH)
          this.#walk(event, next, inner as Record<string, unknown>, `${prefix}${key}.`, depth + 1);
        continue;
      }
      next.slot ??= this.#slot(shortest(event, `${prefix}${key}`, inner));
      this.#put(next.slot, inner);
    }
  }

  #slot(name: string): Slot {
    const naming = this.#naming!;
    return naming.slots.get(name) ?? (naming.places < MOST_NAMES ? slotOf(naming, name) : this.#passing(name));
  }

  /** A name beyond those that are kept: of this event alone, but the same one where it comes again in it. */
  #passing(name: string): Slot {
    const slot = new Slot(name);
    const at = this.#fields.findIndex(([known]) => known === name);
    if (at < 0) return slot;
    slot.event = this.#event;
    slot.texts[1] = this.#fields[at][1];
    slot.numbers[1] = this.#numbers.find(([known]) => known === name)?.[1] ?? slot.numbers[1];
    return slot;
  }

  #put(slot: Slot, value: unknown): void {
    const [, texts] = slot.texts;
    const [, numbers] = slot.numbers;
    if (slot.event !== this.#event) {
      slot.event = this.#event;
      texts.length = 0;
      numbers.length = 0;
      this.#fields.push(slot.texts);
    }
    const before = numbers.length;
    add(value, texts, numbers, 0);
    if (before === 0 && numbers.length > 0) this.#numbers.push(slot.numbers);
  }
}

function newNode(): Node {
  return { slot: undefined, inner: new Map() };
}

function slotOf(naming: Naming, name: string): Slot {
  let slot = naming.slots.get(name);
  if (slot === undefined) {
    slot = new Slot(name);
    naming.slots.set(name, slot);
  }
  return slot;
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
