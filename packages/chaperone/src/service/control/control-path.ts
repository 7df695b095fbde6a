import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A unix socket's path may have 107 bytes; some are left for safety. */
const LONGEST = 100;

/** Where the service of a data folder hears commands of its own machine: in the folder, or, where that path is too long, in a private one. */
export function controlPath(data: string): string {
  const path = join(data, 'control.sock');
  if (Buffer.byteLength(path) <= LONGEST) return path;
  const folder = join(tmpdir(), `chaperone-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${createHash('sha256').update(data).digest('hex').slice(0, 16)}.sock`);
}
