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

/**
 * Cuts a byte stream of syslog into records. Octet counting (`83 <34>1 ...`) and newline or NUL framing are told apart anew for each record
 * (RFC 6587 3.4): a record is counted only if it begins with a length, a space and `<`, which no other record does. Records beyond `longest`
 * bytes are cut there, the rest is skipped, and the stream goes on. Holds at most one unfinished record.
 */
export class SyslogFramer {
  readonly #hooks: FramerHooks;
  readonly #longest: number;
  #held: Buffer[] = [];
  #size = 0;
  /** bytes of a cut record still to be skipped; Infinity: up to the next newline */
  #skip = 0;

  constructor(hooks: FramerHooks, longest = 64 * 1024) {
    this.#hooks = hooks;
    this.#longest = longest;
  }

  /** bytes of a record that is not whole yet */
  get pending(): number {
    return this.#size;
  }

  feed(chunk: Buffer): void {
    let data = chunk;
    if (this.#size > 0) {
      this.#held.push(chunk);
      // A record that is far from whole is not looked at again for each small piece.
      this.#size += chunk.length;
      data = this.#held.length === 1 ? chunk : Buffer.concat(this.#held);
      this.#held = [];
      this.#size = 0;
    }
    let at = 0;
    while (at < data.length) {
      const next = this.#one(data, at);
      if (next < 0) break;
      at = next;
    }
    if (at < data.length) {
      this.#held = [at === 0 ? data : Buffer.from(data.subarray(at))];
      this.#size = data.length - at;
    }
  }

  /** The stream has ended: a last line without its newline counts; half of a counted record counts, too, and is said. */
  end(): void {
    if (this.#size === 0) return;
    const rest = this.#held.length === 1 ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
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
    if (head === 'more') return -1;
    if (head !== 'line') {
      const end = head.start + head.length;
      if (head.length > this.#longest) {
        if (data.length - head.start < this.#longest) return -1;
        this.#hooks.onTrouble('too_long');
        this.#emit(data.subarray(head.start, head.start + this.#longest));
        this.#skip = head.length - this.#longest;
        return head.start + this.#longest;
      }
      if (end > data.length) return -1;
      this.#emit(data.subarray(head.start, end));
      return end;
    }
    const limit = Math.min(data.length, at + this.#longest);
    let end = at;
    while (end < limit && data[end] !== NEWLINE && data[end] !== 0) end += 1;
    if (end < limit) {
      this.#emit(data.subarray(at, end));
      return end + 1;
    }
    if (end - at < this.#longest) return -1;
    this.#hooks.onTrouble('too_long');
    this.#emit(data.subarray(at, end));
    this.#skip = Number.POSITIVE_INFINITY;
    return end;
  }

  #skipping(data: Buffer, at: number): number {
    if (this.#skip !== Number.POSITIVE_INFINITY) {
      const skipped = Math.min(this.#skip, data.length - at);
      this.#skip -= skipped;
      return at + skipped;
    }
    const newline = data.indexOf(NEWLINE, at);
    if (newline < 0) return data.length;
    this.#skip = 0;
    return newline + 1;
  }

  #emit(record: Buffer): void {
    const end = record.length > 0 && record[record.length - 1] === 0x0d ? record.length - 1 : record.length;
    if (end > 0) this.#hooks.onRecord(record.subarray(0, end));
  }
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
