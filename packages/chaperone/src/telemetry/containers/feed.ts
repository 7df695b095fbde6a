/** Packed bytes with push-back: a reader of members takes what is its own and returns the rest. */
export class Feed {
  readonly #input: AsyncIterator<Uint8Array>;
  #held: Buffer[] = [];
  /** bytes taken so far, less what was pushed back */
  taken = 0;

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input[Symbol.asyncIterator]();
  }

  /** The next bytes, as many as come together; undefined at the end. */
  async chunk(): Promise<Buffer | undefined> {
    let chunk = this.#held.shift();
    while (chunk === undefined || chunk.length === 0) {
      const next = await this.#input.next();
      if (next.done === true) return undefined;
      chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    this.taken += chunk.length;
    return chunk;
  }

  /** Exactly `count` bytes, fewer only at the end. Meant for headers. */
  async exactly(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      const chunk = await this.chunk();
      if (chunk === undefined) break;
      parts.push(chunk.length > missing ? chunk.subarray(0, missing) : chunk);
      if (chunk.length > missing) this.giveBack(chunk.subarray(missing));
      missing -= Math.min(missing, chunk.length);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  giveBack(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.taken -= bytes.length;
    this.#held.unshift(bytes);
  }

  async close(): Promise<void> {
    await this.#input.return?.();
  }
}
