import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { RuleSource } from './load-rules.ts';

/** A file or folder that could not be read, and why. */
export interface Unread {
  readonly path: string;
  readonly reason: string;
}

/** Bytes of one rule file. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads every `.yml` and `.yaml` below a folder (or the one file given), sorted by path. Links are followed; a folder
 * is entered once however many links lead to it, so loops end. Files are read as UTF-8, or UTF-16 with a byte order
 * mark.
 * @returns the texts, and what could not be read; nothing is left out in silence
 */
export async function loadDirectory(path: string): Promise<{ sources: RuleSource[]; unread: Unread[] }> {
  const files: string[] = [];
  const unread: Unread[] = [];
  await collect(path, true, files, unread, new Set());
  files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const sources: RuleSource[] = [];
  // small batches keep few descriptors open and the disk busy
  for (let i = 0; i < files.length; i += 32) {
    const batch = files.slice(i, i + 32);
    const texts = await Promise.all(batch.map((file) => readText(file)));
    for (const [index, text] of texts.entries()) {
      if (typeof text === 'string') sources.push({ file: batch[index], text });
      else unread.push({ path: batch[index], reason: text.reason });
    }
  }
  return { sources, unread };
}

async function collect(
  path: string,
  named: boolean,
  files: string[],
  unread: Unread[],
  entered: Set<string>,
): Promise<void> {
  try {
    const info = await stat(path);
    if (info.isFile()) {
      if (named || isRuleFile(path)) files.push(path);
      return;
    }
    if (!info.isDirectory()) {
      if (named || isRuleFile(path)) unread.push({ path, reason: 'this is neither a file nor a folder' });
      return;
    }
    const real = await realpath(path);
    if (entered.has(real)) return;
    entered.add(real);
    const names = (await readdir(path)).sort();
    for (const name of names) await collect(join(path, name), false, files, unread, entered);
  } catch (error) {
    unread.push({ path, reason: reasonOf(error) });
  }
}

function isRuleFile(path: string): boolean {
  const extension = extname(path).toLowerCase();
  return extension === '.yml' || extension === '.yaml';
}

async function readText(path: string): Promise<string | { reason: string }> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { reason: `the file has ${size} bytes, more than ${MAX_BYTES}` };
    return decode(await readFile(path));
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Text of the bytes, or why they are none. */
function decode(bytes: Uint8Array): string | { reason: string } {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return { reason: `the bytes are not ${encoding.toUpperCase()} text` };
  }
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'the link leads in a circle',
  };
  return known[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
