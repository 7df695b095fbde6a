import { closeSync, openSync, writeSync } from 'node:fs';

/** Lines are gathered up to this many characters before they are written. */
const CHUNK = 1 << 20;

/** Appends lines to a file in large pieces. Errors of the disk are thrown to the caller, with the file's name in them. */
export class PartWriter {
  readonly file: string;
  private readonly descriptor: number;
  private pending = '';
  lines = 0;
  bytes = 0;

  constructor(file: string) {
    this.file = file;
    this.descriptor = openSync(file, 'w', 0o600);
  }

  line(text: string): void {
    this.pending += text;
    this.pending += '\n';
    this.lines += 1;
    if (this.pending.length >= CHUNK) this.flush();
  }

  private flush(): void {
    const bytes = Buffer.from(this.pending, 'utf8');
    let from = 0;
    while (from < bytes.length) from += writeSync(this.descriptor, bytes, from);
    this.bytes += bytes.length;
    this.pending = '';
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }
}
