import type { FrameHandlers, Framer } from './framer.ts';
import type { FramingLimits } from './limits.ts';

const LF = 10;
const CR = 13;

/**
 * Lines ended by LF or CRLF, or by CR alone where the file has no LF. Each line is decoded into a string of its own, so that
 * a value kept from it keeps no more than the line. NUL bytes around a line (pre-allocated and torn logs) are dropped;
 * empty lines are no records but count as lines.
 */
export class LineFramer implements Framer {
  readonly #handlers: FrameHandlers;
  readonly #limits: FramingLimits;
  readonly #separator: number;
  #held: Buffer[] = [];
  #heldLength = 0;
  #skipping = false;
  #line = 0;
  #offset = 0;

  constructor(handlers: FrameHandlers, limits: FramingLimits, carriageReturns = false) {
    this.#handlers = handlers;
    this.#limits = limits;
    this.#separator = carriageReturns ? CR : LF;
  }

  feed(chunk: Buffer): void {
    const separator = this.#separator;
    let at = 0;
    if (this.#heldLength > 0 || this.#skipping) {
      const end = chunk.indexOf(separator);
      if (end < 0) {
        this.#hold(chunk);
        return;
      }
      this.#finish(chunk.subarray(0, end));
      at = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(separator, at);
      if (end < 0) break;
      this.#emit(chunk, at, end);
      at = end + 1;
    }
    if (at < chunk.length) this.#hold(chunk.subarray(at));
  }

  end(): void {
    if (this.#heldLength > 0 || this.#skipping) this.#finish(Buffer.alloc(0));
  }

  #hold(part: Buffer): void {
    this.#heldLength += part.length;
    if (this.#skipping) return;
    if (this.#heldLength > this.#limits.maxRecord) {
      this.#skipping = true;
      this.#held = [];
      return;
    }
    this.#held.push(part);
  }

  #finish(rest: Buffer): void {
    const length = this.#heldLength + rest.length;
    if (this.#skipping || length > this.#limits.maxRecord) {
      this.#line += 1;
      tooLong(this.#handlers, this.#line, this.#offset, length, this.#limits);
      this.#offset += length + 1;
    } else {
      this.#held.push(rest);
      const whole = Buffer.concat(this.#held);
      this.#emit(whole, 0, whole.length);
    }
    this.#held = [];
    this.#heldLength = 0;
    this.#skipping = false;
  }

  #emit(chunk: Buffer, start: number, end: number): void {
    this.#line += 1;
    const offset = this.#offset;
    this.#offset += end - start + 1;
    let from = start;
    let to = end;
    if (end - start > this.#limits.maxRecord) {
      tooLong(this.#handlers, this.#line, offset, end - start, this.#limits);
      return;
    }
    while (to > from && (chunk[to - 1] === CR || chunk[to - 1] === 0)) to -= 1;
    while (from < to && chunk[from] === 0) from += 1;
    if (from < to) this.#handlers.onRecord(chunk.toString('utf8', from, to), this.#line, offset);
  }
}

function tooLong(handlers: FrameHandlers, line: number, offset: number, length: number, limits: FramingLimits): void {
  const message = `a line of ${length} bytes is longer than the limit of ${limits.maxRecord}; it was skipped`;
  handlers.onProblem('record_too_long', message, line, offset);
}
