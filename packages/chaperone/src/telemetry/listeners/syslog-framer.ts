/** Why a record was not taken whole. */
export type FramingTrouble = 'too_long' | 'bad_framing';

export interface FramerHooks {
  onRecord(record: Uint8Array): void;
  onTrouble(trouble: FramingTrouble): void;
}

const SPACE = 0x20;
const NEWLINE = 0x0a;
const LESS = 0x3c;
/** A length of more digits than this is none (RFC 6587 has at most five or six in practice). */
const DIGITS = 7;
const LINE = -1;

/**
 * Cuts a byte stream of syslog into records. Octet counting (`83 <34>1 ...`) and newline or NUL framing are told apart anew for each record
 * (RFC 6587 3.4): a record is counted only if it begins with a length, a space and `<`, which no other record does. Records beyond `longest`
 * bytes are cut there, the rest is skipped, and the stream goes on. Holds at most one unfinished record.
 */
export class SyslogFramer {
  readonly #hooks: FramerHooks;
  readonly #longest: number;
  /** the unfinished record is `#held[0 .. #size)` */
  #held: Buffer = Buffer.alloc(0);
  #size = 0;
  /** looked at again once so many bytes are held; `LINE`: once a line's end comes, or the line is too long */
  #want = 0;
  /** bytes of a cut record still to be skipped; Infinity: up to the next line's end */
  #skip = 0;

  constructor(hooks: FramerHooks, longest = 64 * 1024) {
    this.#hooks = hooks;
    this.#longest = longest;
  }

  /** bytes of a record that is not whole yet */
  get pending(): number {
    return this.#size;
  }

  /** Takes what came. Records are given as views that are good until the hook returns. */
  feed(chunk: Buffer): void {
    let data = chunk;
    if (this.#size > 0) {
      this.#hold(chunk);
      if (this.#want === LINE ? this.#size <= this.#longest && lineEnd(chunk, 0) < 0 : this.#size < this.#want) return;
      data = this.#held.subarray(0, this.#size);
      this.#size = 0;
    }
    let at = 0;
    while (at < data.length) {
      const next = this.#one(data, at);
      if (next < 0) break;
      at = next;
    }
    // What is left may lie in the held bytes themselves, further on: then it moves to their start.
    if (at < data.length) this.#hold(data.subarray(at));
    else if (this.#held.length > this.#longest) this.#held = Buffer.alloc(0);
  }

  #hold(piece: Buffer): void {
    const size = this.#size + piece.length;
    if (size > this.#held.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(size, Math.min(this.#held.length * 2, 2 * this.#longest), 512));
      this.#held.copy(wider, 0, 0, this.#size);
      this.#held = wider;
    }
    this.#held.set(piece, this.#size);
    this.#size = size;
  }

  /** The stream has ended: a last line without its newline counts; half of a counted record counts, too, and is said. */
  end(): void {
    if (this.#size === 0) return;
    const rest = this.#held.subarray(0, this.#size);
    this.#size = 0;
    const head = counted(rest, 0);
    if (typeof head === 'object') {
      this.#hooks.onTrouble('bad_framing');
      this.#emit(rest.subarray(head.start));
    } else this.#emit(rest);
  }

  /** Takes one record from `at`; gives where the next begins, or -1 where more bytes are needed. */
  #one(data: Buffer, at: number): number {
    if (this.#skip > 0) return this.#skipping(data, at);
    const first = data[at];
    // Between records: what ends one, and what some senders put after a counted one.
    if (first === NEWLINE || first === 0 || first === 0x0d) return at + 1;
    const head = counted(data, at);
    if (head === 'more') return this.#later(0);
    if (head !== 'line') {
      const end = head.start + head.length;
      if (head.length > this.#longest) {
        if (data.length - head.start < this.#longest) return this.#later(head.start - at + this.#longest);
        this.#hooks.onTrouble('too_long');
        this.#emit(data.subarray(head.start, head.start + this.#longest));
        this.#skip = head.length - this.#longest;
        return head.start + this.#longest;
      }
      if (end > data.length) return this.#later(end - at);
      this.#emit(data.subarray(head.start, end));
      return end;
    }
    const found = lineEnd(data, at);
    if (found >= 0 && found - at <= this.#longest) {
      this.#emit(data.subarray(at, found));
      return found + 1;
    }
    if (data.length - at <= this.#longest) return this.#later(LINE);
    this.#hooks.onTrouble('too_long');
    this.#emit(data.subarray(at, at + this.#longest));
    this.#skip = Number.POSITIVE_INFINITY;
    return at + this.#longest;
  }

  #later(want: number): -1 {
    this.#want = want;
    return -1;
  }

  #skipping(data: Buffer, at: number): number {
    if (this.#skip !== Number.POSITIVE_INFINITY) {
      const skipped = Math.min(this.#skip, data.length - at);
      this.#skip -= skipped;
      return at + skipped;
    }
    const end = lineEnd(data, at);
    if (end < 0) return data.length;
    this.#skip = 0;
    return end + 1;
  }

  #emit(record: Buffer): void {
    let end = record.length;
    // Some senders count the end of the line, too.
    while (end > 0 && (record[end - 1] === 0x0d || record[end - 1] === NEWLINE || record[end - 1] === 0)) end -= 1;
    if (end > 0) this.#hooks.onRecord(record.subarray(0, end));
  }
}

/** Where the next newline or NUL is; -1: in none of these bytes. */
function lineEnd(data: Buffer, from: number): number {
  const newline = data.indexOf(NEWLINE, from);
  const nul = data.subarray(from, newline < 0 ? data.length : newline).indexOf(0);
  return nul < 0 ? newline : from + nul;
}

/** Whether a counted record begins here: its extent; `line`: it does not; `more`: that can't be told yet. */
function counted(data: Buffer, at: number): { start: number; length: number } | 'line' | 'more' {
  let length = 0;
  let digits = 0;
  let here = at;
  while (here < data.length && data[here] >= 0x30 && data[here] <= 0x39) {
    length = length * 10 + data[here] - 0x30;
    digits += 1;
    here += 1;
    if (digits > DIGITS) return 'line';
  }
  if (digits === 0 || data[at] === 0x30) return 'line';
  if (here === data.length || here + 1 === data.length)
    return here < data.length && data[here] !== SPACE ? 'line' : 'more';
  return data[here] === SPACE && data[here + 1] === LESS ? { start: here + 1, length } : 'line';
}
