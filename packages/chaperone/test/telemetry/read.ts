import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  discover,
  type LogEvent,
  type ReadOptions,
  readText,
  type Source,
  sniffSource,
  type Unread,
} from '../../src/telemetry/index.ts';

/** A file of its own in a new folder. */
export function fileOf(content: string | Uint8Array, name = 'log'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'chaperone-telemetry-')), name);
  writeFileSync(path, content);
  return path;
}

export interface Reading {
  readonly events: LogEvent[];
  readonly unread: Unread[];
  readonly sources: Source[];
  /** how each source was told: format name, `evtx`, or the code of why not */
  readonly kinds: string[];
  readonly layouts: string[];
}

/** Everything under paths, read the way the scan does. */
export async function readPaths(paths: string | readonly string[], options: ReadOptions = {}): Promise<Reading> {
  const reading: Reading = { events: [], unread: [], sources: [], kinds: [], layouts: [] };
  for await (const found of discover(typeof paths === 'string' ? [paths] : paths)) {
    if ('kind' in found) {
      reading.unread.push(found);
      continue;
    }
    reading.sources.push(found);
    const sniffed = await sniffSource(found);
    if (sniffed.kind === 'unread') {
      reading.unread.push(sniffed);
      reading.kinds.push(sniffed.code);
      continue;
    }
    reading.kinds.push(sniffed.kind === 'evtx' ? 'evtx' : sniffed.format.name);
    if (sniffed.kind !== 'text') continue;
    reading.layouts.push(sniffed.layout);
    const handlers = {
      onEvent: (event: LogEvent) => reading.events.push(event),
      onUnread: (problem: Unread) => reading.unread.push(problem),
    };
    await readText(found, sniffed, handlers, options);
  }
  return reading;
}

/** One file's content, read. */
export function readContent(content: string | Uint8Array, options: ReadOptions = {}): Promise<Reading> {
  return readPaths(fileOf(content), options);
}
