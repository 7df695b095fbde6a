import { closeSync, openSync, writeSync } from 'node:fs';

/** Lines are gathered up to this many bytes before they are written. */
const CHUNK = 1 << 20;

/** Node's buffers have this, its types don't say so. */
type WritableBuffer = Buffer & { latin1Write(text: string, offset: number): number };

/** Appends lines to a file in large pieces. Errors of the disk are thrown to the caller, with the file's name in them. */
export class PartWriter {
  readonly file: string;
  private readonly descriptor: number;
  /** one buffer for all lines: a new one for each piece would pile up until the collector comes round */
  private readonly buffer = Buffer.allocUnsafeSlow(CHUNK) as WritableBuffer;
  private used = 0;
  lines = 0;
  bytes = 0;

  constructor(file: string) {
    this.file = file;
    this.descriptor = openSync(file, 'w', 0o600);
  }

  line(text: string): void {
    this.lines += 1;
    // A UTF-16 unit takes at most three bytes of UTF-8.
    const most = text.length * 3 + 1;
    if (most > CHUNK - this.used) {
      this.flush();
      if (most > CHUNK) {
        this.write(Buffer.from(`${text}\n`, 'utf8'));
        return;
      }
    }
    this.used += this.buffer.write(text, this.used, 'utf8');
    this.buffer[this.used] = 10;
    this.used += 1;
  }

  /** Begins a line that is handed over in pieces of at most `bytes` bytes in all; false where it is too long for that. */
  begin(bytes: number): boolean {
    if (bytes + 1 > CHUNK - this.used) this.flush();
    return bytes + 1 <= CHUNK;
  }

  /** A piece that is ready as bytes. */
  ready(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** A short piece of ASCII. */
  ascii(text: string): void {
    this.used += this.buffer.latin1Write(text, this.used);
  }

  end(): void {
    this.buffer[this.used] = 10;
    this.used += 1;
    this.lines += 1;
  }

  private flush(): void {
    this.write(this.buffer.subarray(0, this.used));
    this.used = 0;
  }

  private write(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) from += writeSync(this.descriptor, bytes, from);
    this.bytes += bytes.length;
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }
}
