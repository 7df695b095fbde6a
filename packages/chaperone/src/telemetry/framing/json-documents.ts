import type { FrameHandlers, Framer } from './framer.ts';
import type { FramingLimits } from './limits.ts';

/**
 * Cuts JSON documents into records without building them: objects one after the other (pretty-printed or not), one array of
 * objects, or one object that holds them under a known key (`{"Records": [{...}, {...}]}`). Walks the bytes once with a depth
 * and a string flag; what it holds is the record being cut, no more.
 *
 *   frames:   top ── '[' ──> array ── '{' ... '}' ──> a record
 *             top ── '{' "Records" : [ {' ──> wrapper > array: the object so far was no record but a wrapper
 *
 * Bytes between records that belong to no JSON are reported once per run and passed over up to the next object.
 */
export class JsonDocumentFramer implements Framer {
  readonly #handlers: FrameHandlers;
  readonly #limits: FramingLimits;
  readonly #containers: ReadonlySet<string>;

  /** what we are inside of, outside any record: a = array of records, w = rest of a wrapper object */
  #frames = '';
  #held: Buffer = EMPTY;
  /** offset in the stream of the first held byte, or of the next chunk */
  #base = 0;
  #record = 0;
  #garbage = false;

  // Inside a record
  #inside = false;
  #depth = 0;
  #deepest = 0;
  #string = false;
  #escaped = false;
  #start = 0;
  #skipping = false;
  /** where the last string at depth 1 began, relative to the stream; its text becomes the key at the colon */
  #stringStart = 0;
  #key = '';
  /** 1: after the colon of a container key; 2: after its `[` */
  #awaiting = 0;

  constructor(handlers: FrameHandlers, limits: FramingLimits, containers: readonly string[]) {
    this.#handlers = handlers;
    this.#limits = limits;
    this.#containers = new Set(containers);
  }

  feed(chunk: Buffer): void {
    const from = this.#held.length;
    const bytes = from === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = EMPTY;
    let at = from;
    while (at < bytes.length) at = this.#inside ? this.#walk(bytes, at) : this.#between(bytes, at);
    this.#keep(bytes);
  }

  end(): void {
    if (this.#inside) {
      const message = this.#frames.endsWith('w')
        ? 'the document ends inside an object'
        : 'the document ends inside a record';
      this.#handlers.onProblem('json_truncated', message, this.#record + 1, this.#start);
    } else if (this.#frames !== '') {
      const message = 'the document ends before its list of records does';
      this.#handlers.onProblem('json_truncated', message, this.#record + 1, this.#base);
    }
  }

  /** After a chunk: hold the unfinished record, or nothing. */
  #keep(bytes: Buffer): void {
    const end = this.#base + bytes.length;
    if (!this.#inside || this.#skipping) {
      this.#base = end;
      return;
    }
    if (end - this.#start > this.#limits.maxRecord) {
      this.#skipping = true;
      this.#base = end;
      return;
    }
    // A copy: a slice of the chunk would keep all of it
    this.#held = Buffer.from(bytes.subarray(this.#start - this.#base));
    this.#base = this.#start;
  }

  /** Between records: white space, commas, brackets; returns where to go on. */
  #between(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte <= SPACE || byte === COMMA) continue;
      if (byte === OPEN_OBJECT) {
        this.#begin(this.#base + at);
        return at + 1;
      }
      if (byte === OPEN_ARRAY && this.#frames.length < MAX_ARRAYS) {
        this.#frames += 'a';
        this.#garbage = false;
      } else if (byte === CLOSE_ARRAY && this.#frames.endsWith('a')) {
        this.#frames = this.#frames.slice(0, -1);
        if (this.#frames.endsWith('w')) {
          // The rest of the wrapper holds page links and counts: walked over, not kept
          this.#inside = true;
          this.#skipping = true;
          this.#depth = 1;
          this.#deepest = 1;
          this.#string = false;
          this.#start = this.#base + at;
          return at + 1;
        }
      } else if (!this.#garbage) {
        this.#garbage = true;
        const message = 'there is something that is no JSON object; it was passed over';
        this.#handlers.onProblem('json_invalid', message, this.#record + 1, this.#base + at);
      }
    }
    return bytes.length;
  }

  #begin(start: number): void {
    this.#inside = true;
    this.#garbage = false;
    this.#start = start;
    this.#depth = 1;
    this.#deepest = 1;
    this.#string = false;
    this.#escaped = false;
    this.#skipping = false;
    this.#key = '';
    this.#awaiting = 0;
  }

  /** Inside an object; returns where to go on once it ends, or the end of the bytes. */
  #walk(bytes: Buffer, from: number): number {
    let depth = this.#depth;
    let string = this.#string;
    let escaped = this.#escaped;
    const top = this.#frames === '';
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (string) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          string = false;
          if (depth === 1 && top && this.#key === '') this.#key = this.#keyAt(bytes, at);
        }
        continue;
      }
      if (byte <= SPACE) continue;
      if (byte === QUOTE) {
        string = true;
        if (depth === 1) this.#stringStart = this.#base + at + 1;
        this.#awaiting = 0;
      } else if (byte === OPEN_OBJECT) {
        if (this.#awaiting === 2) {
          this.#unwrap(this.#base + at);
          return at + 1;
        }
        depth += 1;
        if (depth > this.#deepest) this.#deepest = depth;
      } else if (byte === OPEN_ARRAY) {
        this.#awaiting = this.#awaiting === 1 && depth === 1 ? 2 : 0;
        depth += 1;
        if (depth > this.#deepest) this.#deepest = depth;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth -= 1;
        this.#awaiting = 0;
        if (depth === 0) {
          this.#finish(bytes, at + 1);
          return at + 1;
        }
      } else if (depth === 1 && byte === COLON) {
        this.#awaiting = top && this.#containers.has(this.#key) ? 1 : 0;
      } else if (depth === 1 && byte === COMMA) {
        this.#key = '';
        this.#awaiting = 0;
      } else this.#awaiting = 0;
    }
    this.#depth = depth;
    this.#string = string;
    this.#escaped = escaped;
    return bytes.length;
  }

  /** The object so far was a wrapper: its records start here. */
  #unwrap(start: number): void {
    this.#frames += 'wa';
    this.#begin(start);
  }

  #keyAt(bytes: Buffer, end: number): string {
    const start = this.#stringStart - this.#base;
    return start >= 0 && end - start <= 64 ? bytes.toString('utf8', start, end) : '';
  }

  #finish(bytes: Buffer, end: number): void {
    this.#inside = false;
    if (this.#frames.endsWith('w')) {
      this.#frames = this.#frames.slice(0, -1);
      return;
    }
    this.#record += 1;
    const length = this.#base + end - this.#start;
    if (this.#skipping || length > this.#limits.maxRecord) {
      const message = `a record of ${length} bytes is longer than the limit of ${this.#limits.maxRecord}; it was skipped`;
      this.#handlers.onProblem('record_too_long', message, this.#record, this.#start);
    } else if (this.#deepest > this.#limits.maxDepth) {
      const message = `a record nests ${this.#deepest} deep, more than the limit of ${this.#limits.maxDepth}; it was skipped`;
      this.#handlers.onProblem('json_too_deep', message, this.#record, this.#start);
    } else {
      this.#handlers.onRecord(bytes.toString('utf8', this.#start - this.#base, end), this.#record, this.#start);
    }
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
/** Arrays in arrays of records, before it is no list of records any more. */
const MAX_ARRAYS = 8;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
