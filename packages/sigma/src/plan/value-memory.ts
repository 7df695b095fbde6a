/**
 * What strings have meant before. 98.5 % of the look-ups that Windows rules cause can be answered from memory; but some
 * fields never repeat (hashes, GUIDs), and there remembering costs more than walking. So a string is stored when it
 * comes the second time, and a memory that isn't hit stops for a while, then tries again.
 */

import { SPREAD } from '../automaton/gram-table.ts';

/** What all memories of a plan may hold together. */
export class MemoryBudget {
  readonly #maxStrings: number;
  readonly #maxUnits: number;
  readonly #memories: ValueMemory[] = [];
  #strings = 0;
  #units = 0;
  flushes = 0;

  /** @param maxStrings strings in all; at most 64 times as many code units */
  constructor(maxStrings: number) {
    this.#maxStrings = maxStrings;
    this.#maxUnits = maxStrings * 64;
  }

  get strings(): number {
    return this.#strings;
  }

  join(memory: ValueMemory): void {
    this.#memories.push(memory);
  }

  /** Makes room for one more string; when all is full, the memory that holds most forgets everything. */
  spend(units: number): void {
    if (this.#strings >= this.#maxStrings || this.#units + units > this.#maxUnits) {
      const largest = this.#memories.reduce((most, memory) => (memory.load > most.load ? memory : most));
      largest.clear();
      this.flushes++;
    }
    this.#strings++;
    this.#units += units;
  }

  release(strings: number, units: number): void {
    this.#strings -= strings;
    this.#units -= units;
  }
}

/** Strings longer than this are walked each time: few of them repeat, and each would crowd out a hundred others. */
const MAX_UNITS = 4096;
/** Look-ups after which a memory is judged. */
const TRIAL = 4096;
/** A memory goes on when at least one in eight look-ups was answered. */
const MIN_HITS = TRIAL / 8;
/** Look-ups that a memory sits out after a trial without success; doubles each time, up to 2^20. */
const FIRST_REST = 1 << 15;
const LONGEST_REST = 1 << 20;
/** V8 keeps a substring of this length or more as a view into its parent, which would then stay in memory too. */
const SLICED = 13;

export class ValueMemory {
  readonly #budget: MemoryBudget;
  readonly #known = new Map<string, number>();
  readonly #door = new Doorkeeper();
  #asked = 0;
  #hits = 0;
  #rest = 0;
  #units = 0;
  #nextRest = FIRST_REST;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
    budget.join(this);
  }

  /** The number remembered for the text; -1 where there is none. */
  get(text: string): number {
    if (this.#rest > 0) {
      this.#rest--;
      return -1;
    }
    const known = this.#known.get(text);
    this.#asked++;
    if (known === undefined) return -1;
    this.#hits++;
    return known;
  }

  put(text: string, number: number): void {
    if (this.#rest > 0 || text.length > MAX_UNITS) return;
    if (this.#asked >= TRIAL && this.#judge()) return;
    if (!this.#door.knock(text) || this.#known.has(text)) return;
    this.#budget.spend(text.length);
    this.#units += text.length;
    this.#known.set(text.length < SLICED ? text : detached(text), number);
  }

  /** Whether the memory goes to rest. */
  #judge(): boolean {
    const idle = this.#hits < MIN_HITS;
    this.#asked = 0;
    this.#hits = 0;
    if (!idle) {
      this.#nextRest = FIRST_REST;
      return false;
    }
    this.#rest = this.#nextRest;
    this.#nextRest = Math.min(this.#nextRest * 2, LONGEST_REST);
    return true;
  }

  /** How much room the memory takes, a string counting as much as its share of the characters. */
  get load(): number {
    return this.#known.size * 64 + this.#units;
  }

  clear(): void {
    this.#budget.release(this.#known.size, this.#units);
    this.#known.clear();
    this.#units = 0;
  }
}

const LOG_DOORS = 15;
const DOORS = 1 << LOG_DOORS;
/** Characters looked at, spread over the string: GUIDs and hashes differ in any, paths near their ends. */
const LOG_SAMPLES = 3;
const SAMPLES = 1 << LOG_SAMPLES;

/**
 * Lets a string in at its second coming (a doorkeeper, as in TinyLFU by Einziger and others, 2017): what comes once is
 * never stored. Strings are told apart by a few of their characters; a mix-up only lets one in early.
 */
class Doorkeeper {
  readonly #seen = new Uint8Array(DOORS);
  #count = 0;

  /** Whether the string, or one like it, has been here before. */
  knock(text: string): boolean {
    const length = text.length;
    let hash = length;
    for (let i = 1; i <= SAMPLES; i++)
      hash = Math.imul(hash ^ text.charCodeAt(((length - 1) * i) >> LOG_SAMPLES), SPREAD);
    const door = hash >>> (32 - LOG_DOORS);
    if (this.#seen[door] === 1) return true;
    // Half of the doors open to anyone would be no doors: begin anew before that.
    if (++this.#count > DOORS / 4) {
      this.#seen.fill(0);
      this.#count = 1;
    }
    this.#seen[door] = 1;
    return false;
  }
}

/** The same text without its parent. */
function detached(text: string): string {
  return ` ${text}`.slice(1);
}
