/** One frame of RELP: transaction number, command, data. */
export interface RelpFrame {
  readonly txnr: string;
  readonly command: string;
  readonly data: Buffer;
  /** its data was longer than what is kept, and ends early */
  readonly cut: boolean;
}

export interface RelpFramerOptions {
  /** bytes of data that are kept of a frame; the rest is read and left out */
  readonly longest: number;
  /** asked before more than 64 KiB are held of one frame; false: there is no room */
  reserve(bytes: number): boolean;
  /** told of what was reserved, when it is held no more */
  release(bytes: number): void;
}

const LONGEST_HEAD = 60;
/** Held without asking. */
const SMALL = 64 * 1024;

interface Head {
  readonly txnr: string;
  readonly command: string;
  readonly length: number;
  /** bytes of the head itself */
  readonly size: number;
  /** the frame ends with its head */
  readonly whole: boolean;
}

/** Cuts a byte stream into frames (`TXNR SP COMMAND SP DATALEN [SP DATA] LF`). Holds at most one unfinished frame, of at most `longest` bytes. */
export class RelpFramer {
  readonly #options: RelpFramerOptions;
  #begin: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #held: Buffer = Buffer.alloc(0);
  #size = 0;
  /** bytes of data still to come */
  #left = 0;
  #reserved = 0;
  #trouble: 'bad' | 'full' | undefined;

  constructor(options: RelpFramerOptions) {
    this.#options = options;
  }

  /** bytes of a frame that is not whole yet */
  get pending(): number {
    return this.#head === undefined ? this.#begin.length : this.#head.size + this.#head.length - this.#left;
  }

  /** Why nothing more is taken. `bad`: this is no RELP; `full`: no room was given */
  get trouble(): 'bad' | 'full' | undefined {
    return this.#trouble;
  }

  /** @returns the frames that became whole; their data may be views of the chunk */
  feed(chunk: Buffer): RelpFrame[] {
    const frames: RelpFrame[] = [];
    let at = 0;
    while (at < chunk.length && this.#trouble === undefined) {
      if (this.#head === undefined) {
        const held = this.#begin.length;
        const data =
          held === 0 ? chunk.subarray(at) : Buffer.concat([this.#begin, chunk.subarray(at, at + LONGEST_HEAD)]);
        const head = headOf(data);
        if (head === 'bad') {
          this.#trouble = 'bad';
          break;
        }
        if (head === undefined) {
          this.#begin = Buffer.from(data);
          break;
        }
        at += head.size - held;
        this.#begin = Buffer.alloc(0);
        if (head.whole) {
          frames.push({ txnr: head.txnr, command: head.command, data: Buffer.alloc(0), cut: false });
          continue;
        }
        this.#head = head;
        this.#left = head.length;
      }
      const taken = this.#data(chunk, at);
      if (typeof taken === 'string') {
        this.#trouble = taken;
        break;
      }
      at = taken.at;
      if (taken.frame !== undefined) frames.push(taken.frame);
    }
    return frames;
  }

  /** Gives back what was reserved. */
  end(): void {
    if (this.#reserved > 0) this.#options.release(this.#reserved);
    this.#reserved = 0;
    this.#held = Buffer.alloc(0);
    this.#size = 0;
  }

  #data(chunk: Buffer, from: number): { at: number; frame?: RelpFrame } | 'bad' | 'full' {
    const { txnr, command, length } = this.#head!;
    const { longest } = this.#options;
    const take = Math.min(this.#left, chunk.length - from);
    const to = from + take;
    const fresh = this.#size === 0 && this.#left === length;
    const whole = fresh && to === from + length && length <= longest && to < chunk.length;
    if (!whole && !this.#hold(chunk.subarray(from, from + Math.min(take, longest - this.#size)))) return 'full';
    this.#left -= take;
    if (this.#left > 0 || to >= chunk.length) return { at: to };
    if (chunk[to] !== 0x0a) return 'bad';
    const data = whole ? chunk.subarray(from, to) : this.#held.subarray(0, this.#size);
    this.#head = undefined;
    this.end();
    return { at: to + 1, frame: { txnr, command, data, cut: length > longest } };
  }

  #hold(piece: Buffer): boolean {
    const size = this.#size + piece.length;
    if (size > this.#held.length) {
      const room = Math.min(
        Math.max(size, this.#held.length * 2, 512),
        Math.max(size, Math.min(this.#head!.length, this.#options.longest)),
      );
      if (room > SMALL) {
        if (!this.#options.reserve(room - this.#reserved)) return false;
        this.#reserved = room;
      }
      const wider = Buffer.allocUnsafeSlow(room);
      this.#held.copy(wider, 0, 0, this.#size);
      this.#held = wider;
    }
    this.#held.set(piece, this.#size);
    this.#size = size;
    return true;
  }
}

/** Undefined: not whole yet; `bad`: none. */
function headOf(data: Buffer): Head | 'bad' | undefined {
  const text = data.toString('latin1', 0, LONGEST_HEAD);
  const found = /^(\d{1,9}) ([a-zA-Z]{1,32}) (\d{1,9})([ \n])/.exec(text);
  if (found === null)
    return data.length >= LONGEST_HEAD || !/^(\d{1,9}( ([a-zA-Z]{1,32}( (\d{1,9})?)?)?)?)?$/.test(text)
      ? 'bad'
      : undefined;
  const length = Number(found[3]);
  // The end of the line in the place of data that was promised.
  if (found[4] === '\n' && length > 0) return 'bad';
  return { txnr: found[1], command: found[2], length, size: found[0].length, whole: found[4] === '\n' };
}
