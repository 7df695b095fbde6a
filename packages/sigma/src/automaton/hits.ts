/** Which of the needles 0..size-1 a walk has met: each once, in the order met. Reused from walk to walk. */
export class Hits {
  readonly list: Int32Array;
  count = 0;
  readonly #seen: Uint8Array;

  constructor(size: number) {
    this.list = new Int32Array(size);
    this.#seen = new Uint8Array(size);
  }

  has(needle: number): boolean {
    return this.#seen[needle] === 1;
  }

  add(needle: number): void {
    if (this.#seen[needle] === 1) return;
    this.#seen[needle] = 1;
    this.list[this.count++] = needle;
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.#seen[this.list[i]] = 0;
    this.count = 0;
  }
}
