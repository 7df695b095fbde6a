/** Ids of one generation. Two are kept, so at least so many of the latest are known. */
const GENERATION = 100_000;

/** Remembers the latest ids in bounded memory: a delivery that comes again mostly does so within moments. */
export class RecentIds {
  readonly #most: number;
  #newer = new Set<string>();
  #older = new Set<string>();

  constructor(most = GENERATION) {
    this.#most = most;
  }

  has(id: string): boolean {
    return this.#newer.has(id) || this.#older.has(id);
  }

  add(id: string): void {
    if (this.#newer.size >= this.#most) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(id);
  }
}
