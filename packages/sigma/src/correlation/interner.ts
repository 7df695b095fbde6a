/**
 * One small number per distinct text, counted by use, so that a hundred thousand waiting inputs about one account hold
 * its name once, and a name that nobody holds any more is forgotten. Texts that are equal without case are one: Sigma
 * compares values without case, and Windows spells the same host and account in several ways. The spelling that is
 * shown is the first one met.
 */
import { createHash } from 'node:crypto';
import { textOf } from '../evaluate/match-test.ts';
import { fold } from '../fold.ts';
import { numericValue } from '../number.ts';
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
export const LARGEST = 1e300;

/** As deep as arrays in arrays are looked into. */
const MAX_DEPTH = 16;

/**
 * What a value is called when it names a group or counts as distinct; undefined where there is none. The elements of an
 * array stand behind each other, separated by commas; an object has no name.
 */
export function nameOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return textOf(value);
  const texts: string[] = [];
  collect(value, texts, 0);
  return texts.length === 0 ? undefined : texts.join(', ');
}

function collect(values: readonly unknown[], texts: string[], depth: number): void {
  for (const value of values) {
    if (Array.isArray(value)) {
      if (depth + 1 < MAX_DEPTH) collect(value, texts, depth + 1);
      continue;
    }
    const text = textOf(value);
    if (text !== undefined) texts.push(text);
  }
}

/** The number that a value stands for in sums and averages; NaN where it stands for none. */
export function quantityOf(value: unknown): number {
  if (Array.isArray(value)) return value.length === 1 ? quantityOf(value[0]) : NaN;
  const number = numericValue(value) ?? NaN;
  return Math.abs(number) <= LARGEST ? number : NaN;
}
