import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
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
  collect(path, true, files, unread, new Set());
  files.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const sources: RuleSource[] = [];
  // thousands of small files: a promise for each costs several times what reading them does
  for (const file of files) {
    const text = readText(file);
    if (typeof text === 'string') sources.push({ file, text });
    else unread.push({ path: file, reason: text.reason });
  }
  return { sources, unread };
}

function collect(path: string, named: boolean, files: string[], unread: Unread[], entered: Set<string>): void {
  try {
    const info = statSync(path);
    if (info.isFile()) {
      if (named || isRuleFile(path)) files.push(path);
      return;
    }
    if (!info.isDirectory()) {
      if (named || isRuleFile(path)) unread.push({ path, reason: 'this is neither a file nor a folder' });
      return;
    }
    const real = realpathSync(path);
    if (entered.has(real)) return;
    entered.add(real);
    const names = readdirSync(path).sort();
    for (const name of names) collect(join(path, name), false, files, unread, entered);
  } catch (error) {
    unread.push({ path, reason: reasonOf(error) });
  }
}

function isRuleFile(path: string): boolean {
  const extension = extname(path).toLowerCase();
  return extension === '.yml' || extension === '.yaml';
}

function readText(path: string): string | { reason: string } {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) return { reason: `the file has ${size} bytes, more than ${MAX_BYTES}` };
    return decode(readFileSync(path));
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

const DECODERS = {
  'utf-8': new TextDecoder('utf-8', { fatal: true }),
  'utf-16le': new TextDecoder('utf-16le', { fatal: true }),
  'utf-16be': new TextDecoder('utf-16be', { fatal: true }),
};

/** Text of the bytes, or why they are none. */
function decode(bytes: Uint8Array): string | { reason: string } {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return DECODERS[encoding].decode(bytes);
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
