import { benign } from './benign.ts';
import type { Indicator, IndicatorProblem, IndicatorProblemCode, IndicatorType } from './indicator.ts';
import { normalise } from './normalise.ts';
import type { IndicatorStore } from './store.ts';

/** Problems told one by one; the rest is counted. */
const MAX_PROBLEMS = 200;

/** Takes indicators of one file into a store, and notes what it could not take. */
export class Reader {
  readonly #keepBenign: boolean;
  readonly #file: string;
  readonly #store: IndicatorStore;
  /** what this file adds begins here: only within a file does a value stand once */
  readonly #since: number;
  readonly #problems: IndicatorProblem[] = [];
  #more = 0;

  /** @param keepBenign what would only raise noise is taken too: the caller marks it by warning lists of its own */
  constructor(file: string, store: IndicatorStore, keepBenign = false) {
    this.#keepBenign = keepBenign;
    this.#file = file;
    this.#store = store;
    this.#since = store.size;
  }

  problem(code: IndicatorProblemCode, line: number, message: string, mend: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ code, message, mend, file: this.#file, line });
    else this.#more++;
  }

  add(type: IndicatorType | 'hash' | 'auto', written: string, rest: Partial<Indicator>, line: number): void {
    const normal = normalise(type, written);
    if (typeof normal === 'string')
      return void this.problem('INDICATORS_ROW', line, `Not read: ${normal}.`, 'Mend or remove the row.');
    const reason = this.#keepBenign ? undefined : benign({ ...normal, written });
    if (reason !== undefined)
      return void this.problem(
        'INDICATORS_BENIGN',
        line,
        `Left out: ${reason}.`,
        'Remove the row; it would match everywhere.',
      );
    if (this.#store.full)
      return void this.problem(
        'INDICATORS_MANY',
        line,
        'There are more indicators than a scan can hold.',
        'Leave out the oldest, or scan once for each part of the feed.',
      );
    this.#store.add({ ...normal, written: written.trim(), feed: this.#file, ...rest }, this.#since);
  }

  done(): IndicatorProblem[] {
    if (this.#more > 0)
      this.#problems.push({
        code: 'INDICATORS_MANY',
        message: `${this.#more} more rows like these.`,
        mend: 'Mend the ones above first.',
        file: this.#file,
        line: 0,
        count: this.#more,
      });
    return this.#problems;
  }
}

/** A date as feeds write it (ISO 8601, or MISP's seconds since 1970), in milliseconds; null where something stands there that is none. */
export function readDate(text: unknown): number | undefined | null {
  if (text === undefined || text === '') return undefined;
  if (typeof text === 'string' && /^\d{9,10}$/.test(text.trim())) return Number(text) * 1_000;
  if (typeof text !== 'string' || !/^\d{4}(?:-\d{2}(?:-\d{2}(?:[T ].{5,24})?)?)?$/.test(text.trim())) return null;
  const time = Date.parse(text.trim());
  return Number.isNaN(time) ? null : time;
}

/** A confidence between 0 and 100; undefined where the text is no number. */
export function clamp(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? Math.max(0, Math.min(100, Math.round(number))) : undefined;
}

/** An object with the key, where there is a value. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
