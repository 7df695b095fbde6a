import type { FrameHandlers, Framer } from './framer.ts';
import type { FramingLimits } from './limits.ts';

/**
 * Cuts the elements of one name (`Event`) out of XML, with or without a root around them, without building a tree. Comments,
 * CDATA and processing instructions are passed over; a document type is refused, for it is what entity bombs are made of
 * and no export of events has one.
 */
export class XmlElementFramer implements Framer {
  readonly #handlers: FrameHandlers;
  readonly #limits: FramingLimits;
  readonly #name: string;
  #held: Buffer = EMPTY;
  #base = 0;
  #record = 0;
  #depth = 0;
  #deepest = 0;
  #start = 0;
  #skipping = false;
  #refused = false;

  constructor(handlers: FrameHandlers, limits: FramingLimits, name: string) {
    this.#handlers = handlers;
    this.#limits = limits;
    this.#name = name;
  }

  feed(chunk: Buffer): void {
    if (this.#refused) return;
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = EMPTY;
    const scanned = this.#scan(bytes, this.#resume);
    this.#keep(bytes, scanned);
  }

  end(): void {
    if (this.#refused || this.#depth === 0) return;
    this.#handlers.onProblem(
      'xml_truncated',
      `the document ends inside <${this.#name}>`,
      this.#record + 1,
      this.#start,
    );
  }

  /** where the scan goes on in the held bytes: what is before was looked at */
  #resume = 0;

  #keep(bytes: Buffer, scanned: number): void {
    const from = this.#depth > 0 && !this.#skipping ? this.#start - this.#base : scanned;
    if (bytes.length - from > this.#limits.maxRecord) {
      this.#skipping = this.#depth > 0;
      // A piece of markup that long is no markup either
      this.#held = this.#depth > 0 ? Buffer.from(bytes.subarray(Math.max(scanned, bytes.length - 16))) : EMPTY;
      this.#base += bytes.length - this.#held.length;
      this.#resume = 0;
      return;
    }
    this.#held = from < bytes.length ? Buffer.from(bytes.subarray(from)) : EMPTY;
    this.#base += from;
    this.#resume = scanned - from;
  }

  /** Reads markup up to the last whole piece of it; returns where the next piece starts. */
  #scan(bytes: Buffer, from: number): number {
    let at = from;
    for (;;) {
      const open = bytes.indexOf(LESS, at);
      if (open < 0) return bytes.length;
      const next = bytes[open + 1];
      let end: number;
      if (next === undefined) return open;
      if (next === BANG) {
        if (open + 9 > bytes.length) return open;
        if (bytes.toString('latin1', open + 2, open + 4) === '--') end = after(bytes, '-->', open + 4);
        else if (bytes.toString('latin1', open + 2, open + 9) === '[CDATA[') end = after(bytes, ']]>', open + 9);
        else {
          this.#refuse(open);
          return bytes.length;
        }
      } else if (next === QUESTION) end = after(bytes, '?>', open + 2);
      else end = tagEnd(bytes, open + 1);
      if (end < 0) return open;
      if (next !== BANG && next !== QUESTION) this.#tag(bytes, open, end);
      at = end;
    }
  }

  #tag(bytes: Buffer, open: number, end: number): void {
    if (bytes[open + 1] === SLASH) {
      if (this.#depth === 0) return;
      this.#depth -= 1;
      if (this.#depth === 0) this.#finish(bytes, end);
      return;
    }
    const empty = bytes[end - 2] === SLASH;
    if (this.#depth > 0) {
      if (empty) return;
      this.#depth += 1;
      if (this.#depth > this.#deepest) this.#deepest = this.#depth;
    } else if (!empty && localName(bytes, open + 1, end) === this.#name) {
      this.#depth = 1;
      this.#deepest = 1;
      this.#start = this.#base + open;
      this.#skipping = false;
    }
  }

  #finish(bytes: Buffer, end: number): void {
    this.#record += 1;
    const length = this.#base + end - this.#start;
    if (this.#skipping || length > this.#limits.maxRecord) {
      const message = `a record of ${length} bytes is longer than the limit of ${this.#limits.maxRecord}; it was skipped`;
      this.#handlers.onProblem('record_too_long', message, this.#record, this.#start);
    } else if (this.#deepest > this.#limits.maxDepth) {
      const message = `a record nests ${this.#deepest} deep, more than the limit of ${this.#limits.maxDepth}; it was skipped`;
      this.#handlers.onProblem('xml_invalid', message, this.#record, this.#start);
    } else this.#handlers.onRecord(bytes.toString('utf8', this.#start - this.#base, end), this.#record, this.#start);
    this.#skipping = false;
  }

  #refuse(at: number): void {
    this.#refused = true;
    const message = 'it declares a document type, which no export of events does; reading stopped there';
    this.#handlers.onProblem('xml_dtd', message, this.#record + 1, this.#base + at);
  }
}

function after(bytes: Buffer, mark: string, from: number): number {
  const at = bytes.indexOf(mark, from, 'latin1');
  return at < 0 ? -1 : at + mark.length;
}

/** Behind the `>` that ends a tag; quoted attribute values may hold one. */
function tagEnd(bytes: Buffer, from: number): number {
  let quote = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === GREATER) return at + 1;
    else if (byte === DOUBLE || byte === SINGLE) quote = byte;
  }
  return -1;
}

function localName(bytes: Buffer, from: number, end: number): string {
  let start = from;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === COLON) start = at + 1;
    else if (byte <= SPACE || byte === GREATER || byte === SLASH)
      return bytes.toString('utf8', start, Math.min(at, start + 256));
  }
  return '';
}

const EMPTY: Buffer = Buffer.alloc(0);
const SPACE = 0x20;
const BANG = 0x21;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const SLASH = 0x2f;
const COLON = 0x3a;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
