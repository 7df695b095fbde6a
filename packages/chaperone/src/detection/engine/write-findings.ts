import { closeSync, createReadStream, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../finding.ts';

/**
 * Up to this many bytes the findings are put in the order of time, and equal times in the order of their lines, so that the same
 * logs give the same file however many threads read them; beyond it they stand in the order of reading.
 */
const SORTED = 24 * 1024 * 1024;

/**
 * Joins the lanes' parts and the findings of the other detectors into `findings.jsonl`, written beside and renamed, so that a
 * reader never sees half of it.
 */
export async function writeFindings(out: string, parts: readonly string[], others: readonly Finding[]): Promise<void> {
  const target = join(out, 'findings.jsonl');
  const beside = `${target}.new`;
  const lines = others.map((finding) => JSON.stringify(finding));
  const bytes = parts.reduce((sum, part) => sum + statSync(part).size, 0);
  // A part that is too large to be sorted is not copied either: it becomes the file.
  if (bytes > SORTED) renameSync(parts[0], beside);
  const file = openSync(beside, bytes > SORTED ? 'a' : 'w', 0o600);
  try {
    if (bytes > SORTED) {
      for (const part of parts.slice(1))
        for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) writeWhole(file, chunk as Buffer);
      writeAll(file, lines);
    } else {
      for (const part of parts)
        for (const line of readFileSync(part, 'utf8').split('\n')) if (line !== '') lines.push(line);
      const keyed = lines.map((line) => ({ line, time: timeOf(line) }));
      keyed.sort((a, b) =>
        a.time !== b.time ? (a.time < b.time ? -1 : 1) : a.line < b.line ? -1 : a.line > b.line ? 1 : 0,
      );
      writeAll(
        file,
        keyed.map(({ line }) => line),
      );
    }
  } finally {
    closeSync(file);
  }
  renameSync(beside, target);
}

/** The time that stands in a finding's line; what has none comes last. */
function timeOf(line: string): string {
  const at = line.indexOf('"time":"');
  // Only the finding's own member: `id` stands before it and is short.
  return at < 0 || at > 80 ? '~' : line.slice(at + 8, at + 35);
}

function writeAll(file: number, lines: readonly string[]): void {
  let pending = '';
  for (const line of lines) {
    pending += `${line}\n`;
    if (pending.length > 1 << 20) {
      writeWhole(file, Buffer.from(pending));
      pending = '';
    }
  }
  writeWhole(file, Buffer.from(pending));
}

/** A write may take less than it was given. */
function writeWhole(file: number, bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
}
