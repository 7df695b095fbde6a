import { isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** The encoding that the first bytes show, and how many of them are the byte order mark. */
export function detectEncoding(head: Uint8Array): { readonly encoding: Encoding; readonly mark: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return { encoding: withoutMark(head), mark: 0 };
}

/** Text in a Latin script has a zero in nearly every other byte of UTF-16, and nearly none in UTF-8. */
function withoutMark(head: Uint8Array): Encoding {
  const length = Math.min(head.length, 4096) & ~1;
  if (length < 4) return 'utf-8';
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (head[at] === 0) even += 1;
    if (head[at + 1] === 0) odd += 1;
  }
  const pairs = length / 2;
  if (odd > pairs * 0.6 && even < pairs * 0.1) return 'utf-16le';
  if (even > pairs * 0.6 && odd < pairs * 0.1) return 'utf-16be';
  return 'utf-8';
}

/** Bytes in any encoding as UTF-8, chunk by chunk; says once whether something was no valid text and was replaced. */
export class ToUtf8 {
  readonly #decoder: InstanceType<typeof TextDecoder> | undefined;
  readonly #onInvalid: () => void;
  #invalid = false;
  #skip: number;
  #tail: Buffer = Buffer.alloc(0);

  constructor(encoding: Encoding, mark: number, onInvalid: () => void) {
    this.#decoder = encoding === 'utf-8' ? undefined : new TextDecoder(encoding, { ignoreBOM: true });
    this.#skip = mark;
    this.#onInvalid = onInvalid;
  }

  convert(chunk: Buffer): Buffer {
    let bytes = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      bytes = bytes.subarray(skipped);
    }
    if (this.#decoder === undefined) {
      if (!this.#invalid) this.#check(bytes, false);
      return bytes;
    }
    return this.#fromText(this.#decoder.decode(bytes, { stream: true }));
  }

  end(): Buffer {
    if (this.#decoder === undefined) {
      if (!this.#invalid) this.#check(Buffer.alloc(0), true);
      return Buffer.alloc(0);
    }
    return this.#fromText(this.#decoder.decode());
  }

  #fromText(text: string): Buffer {
    if (!this.#invalid && text.includes('\ufffd')) this.#report();
    return Buffer.from(text, 'utf8');
  }

  /** Whole characters only: one may go on in the next chunk. */
  #check(bytes: Buffer, last: boolean): void {
    const whole = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    const end = last ? whole.length : wholeCharacters(whole);
    if (!isUtf8(whole.subarray(0, end))) this.#report();
    this.#tail = Buffer.from(whole.subarray(end));
  }

  #report(): void {
    this.#invalid = true;
    this.#onInvalid();
  }
}

/** Where the last whole character ends, looking back at most three bytes. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < needed ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
