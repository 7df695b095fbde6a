import type { FileHandle } from 'node:fs/promises';

/** Lines that a file gained, and where the next ones begin. */
export interface NewLines {
  readonly lines: readonly Buffer[];
  readonly offset: number;
}

const CHUNK = 256 * 1024;
/** A line of more bytes is no record: it is left out in the end, as everywhere. */
const MAX_LINE = 16 << 20;
const LF = 10;
const CR = 13;

/**
 * Reads whole lines from a place on, some 256 KiB at a time. A last line without its end waits, unless `last` says that nothing will follow.
 * Each `yield` may be stored with its offset.
 */
export async function* tailLines(
  handle: FileHandle,
  from: number,
  size: number,
  last: boolean,
  tooLong: (offset: number) => void,
): AsyncGenerator<NewLines> {
  let held: Buffer[] = [];
  let heldLength = 0;
  let at = from;
  while (at < size) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) break;
    const bytes = chunk.subarray(0, bytesRead);
    at += bytesRead;
    const end = bytes.lastIndexOf(LF);
    if (end < 0) {
      heldLength += bytes.length;
      if (heldLength <= MAX_LINE) held.push(bytes);
      else held = [];
      continue;
    }
    const skipping = heldLength > MAX_LINE;
    if (skipping) tooLong(at - bytesRead);
    const whole = Buffer.concat([...held, bytes.subarray(0, end)]);
    held = [bytes.subarray(end + 1)];
    heldLength = bytes.length - end - 1;
    const offset = at - heldLength;
    // What is left of a line that was too long is no line.
    const usable = skipping ? whole.subarray(whole.indexOf(LF) < 0 ? whole.length : whole.indexOf(LF) + 1) : whole;
    yield { lines: split(usable), offset };
  }
  if (last && heldLength > 0 && heldLength <= MAX_LINE) yield { lines: split(Buffer.concat(held)), offset: at };
}

// Empty lines and the NUL bytes of torn logs are no records.
function split(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const end = bytes.indexOf(LF, from);
    let to = end < 0 ? bytes.length : end;
    const next = to + 1;
    while (to > from && (bytes[to - 1] === CR || bytes[to - 1] === 0)) to -= 1;
    while (from < to && bytes[from] === 0) from += 1;
    if (to > from) lines.push(bytes.subarray(from, to));
    from = next;
  }
  return lines;
}
