import { type FileHandle, open } from 'node:fs/promises';
import { unread } from '../unread.ts';
import { readFailure } from './read-failure.ts';
import type { Report } from './unpack.ts';

const CHUNK = 1024 * 1024;

/** A part of a file, in bytes. */
export interface Range {
  readonly start: number;
  readonly length: number;
}

/**
 * The bytes of a plain file as it stood when it was opened: what is appended while we read is left for the next scan, and
 * a file that shrank or was rewritten is reported. Chunks are fresh buffers of at most 1 MiB.
 */
export async function* fileBytes(path: string, name: string, report: Report, range?: Range): AsyncGenerator<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    report(readFailure(name, error));
    return;
  }
  try {
    const before = await handle.stat();
    const end = range === undefined ? before.size : Math.min(before.size, range.start + range.length);
    let at = range?.start ?? 0;
    while (at < end) {
      const wanted = Math.min(CHUNK, end - at);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, at);
      if (bytesRead === 0) {
        report(shrank(name, at, end));
        return;
      }
      at += bytesRead;
      yield bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead);
    }
    if (range !== undefined && at < range.start + range.length) report(shrank(name, at, range.start + range.length));
    const after = await handle.stat();
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) report(changed(name, before.size, after.size));
  } catch (error) {
    report(readFailure(name, error));
  } finally {
    await handle.close();
  }
}

function shrank(name: string, at: number, expected: number) {
  return unread(
    'file_shrank',
    name,
    `ended at byte ${at} while ${expected} bytes were expected: it was cut while it was read`,
    'Scan a copy that nothing writes to.',
    { offset: at, stop: true },
  );
}

function changed(name: string, before: number, after: number) {
  const how = after > before ? `grew from ${before} to ${after} bytes` : 'was written to';
  return unread(
    'file_changed',
    name,
    `${how} while it was read; it was read as far as it went at the start`,
    'Scan it again for what came since, or scan a copy that nothing writes to.',
    { records: 0 },
  );
}
