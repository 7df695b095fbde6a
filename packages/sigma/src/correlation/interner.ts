/**
 * One small number per distinct text, counted by use, so that a hundred thousand waiting inputs about one account hold
 * its name once, and a name that nobody holds any more is forgotten. Texts that are equal without case are one: Sigma
 * compares values without case, and Windows spells the same host and account in several ways. The spelling that is
 * shown is the first one met.
 */
import { createHash } from 'node:crypto';
import { fold } from '../fold.ts';
import { numericText } from '../number.ts';
import { grown } from './tuple-table.ts';

/** Longer texts are kept as their beginning and a digest: a value of 100 MB must not be held as a group's name. */
const LONGEST = 1024;
const SHOWN = 256;

export class Interner {
  readonly #ids = new Map<string, number>();
  #folded: string[] = [''];
  #texts: string[] = [''];
  #uses: Int32Array = new Int32Array(16);
  #free: number[] = [];

  /** how many distinct texts are held */
  get size(): number {
    return this.#ids.size;
  }

  /** The number of a text, with one use added. Numbers start at 1; 0 is for "absent". */
  hold(text: string): number {
    const short = text.length > LONGEST ? digest(text) : text;
    const folded = fold(short);
    let id = this.#ids.get(folded);
    if (id === undefined) {
      id = this.#free.pop() ?? this.#texts.length;
      this.#ids.set(folded, id);
      this.#folded[id] = folded;
      this.#texts[id] = folded === short ? folded : short;
      if (id >= this.#uses.length) this.#uses = grown(this.#uses, id + 1);
      this.#uses[id] = 0;
    }
    this.#uses[id]++;
    return id;
  }

  /** Adds a use. */
  retain(id: number): void {
    if (id !== 0) this.#uses[id]++;
  }

  /** Gives a use back; the text is forgotten with the last one. */
  release(id: number): void {
    if (id === 0 || --this.#uses[id] > 0) return;
    this.#ids.delete(this.#folded[id]);
    this.#folded[id] = '';
    this.#texts[id] = '';
    this.#free.push(id);
  }

  /** The text as first met. */
  text(id: number): string {
    return this.#texts[id];
  }
}

function digest(text: string): string {
  const hash = createHash('sha256').update(fold(text)).digest('hex');
  return `${text.slice(0, SHOWN)}… (${text.length} characters, ${hash})`;
}

/** The largest absolute value that a sum takes; 10^8 of them still don't overflow a double. */
const LARGEST = 1e300;

/** What a value is called when it names a group or counts as distinct; undefined where there is none. */
export function nameOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object': {
      if (value === null) return undefined;
      if (Array.isArray(value)) {
        if (value.length === 0) return undefined;
        if (value.length === 1) return nameOf(value[0]);
      }
      try {
        return JSON.stringify(value);
      } catch {
        return undefined;
      }
    }
    default:
      return undefined;
  }
}

/** The number that a value stands for in sums and averages; NaN where it stands for none. */
export function quantityOf(value: unknown): number {
  if (Array.isArray(value) && value.length === 1) return quantityOf(value[0]);
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string'
        ? (numericText(value) ?? NaN)
        : typeof value === 'bigint'
          ? Number(value)
          : NaN;
  return Math.abs(number) <= LARGEST ? number : NaN;
}
