const NEWLINE = 0x0a;

/**
 * Leaves out the rest of lines that are too long, chunk by chunk, so that it is neither held nor copied. Of such a line one byte more than may be
 * kept stays, by which whoever takes the lines sees that it was cut.
 */
export class LineTrimmer {
  readonly #most: number;
  /** bytes of the unfinished line */
  #line = 0;

  /** @param longest bytes that are kept of a line */
  constructor(longest: number) {
    this.#most = longest + 1;
  }

  /** What stays of a chunk, as views of it. */
  trim(chunk: Buffer): Buffer[] {
    const kept: Buffer[] = [];
    for (let rest = chunk; rest.length > 0; ) {
      if (this.#line + rest.length <= this.#most) {
        const last = rest.lastIndexOf(NEWLINE);
        this.#line = last < 0 ? this.#line + rest.length : rest.length - 1 - last;
        kept.push(rest);
        break;
      }
      const end = rest.indexOf(NEWLINE);
      const length = end < 0 ? rest.length : end;
      const room = Math.max(0, this.#most - this.#line);
      if (room > 0) kept.push(rest.subarray(0, Math.min(length, room)));
      this.#line += length;
      if (end < 0) break;
      kept.push(rest.subarray(end, end + 1));
      this.#line = 0;
      rest = rest.subarray(end + 1);
    }
    return kept;
  }
}
