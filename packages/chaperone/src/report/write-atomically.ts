import { open, rename, rm } from 'node:fs/promises';
import { ReportError } from './report-error.ts';

const bufferBytes = 524_288;

/**
 * Writes a file so that a reader sees all of it or none: into a neighbour with a name of its own, flushed to the disk, then
 * renamed over. Chunks are gathered to a few hundred KiB a write; nothing else is held.
 *
 * @throws {ReportError} when the file system refuses; the neighbour is removed
 */
export async function writeAtomically(
  file: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<{ bytes: number }> {
  const neighbour = `${file}.${process.pid}.tmp`;
  let bytes = 0;
  try {
    // `wx`: never through a link that someone else left there
    await rm(neighbour, { force: true });
    const handle = await open(neighbour, 'wx', 0o600);
    try {
      // one buffer for the whole file: a new one for each write would pile up faster than they are collected
      const buffer = Buffer.allocUnsafe(bufferBytes);
      let filled = 0;
      const write = async (data: Uint8Array, length: number): Promise<void> => {
        for (let at = 0; at < length; ) at += (await handle.write(data, at, length - at)).bytesWritten;
        bytes += length;
      };
      for await (const chunk of chunks) {
        // UTF-8 needs at most three bytes for a UTF-16 unit
        if (chunk.length * 3 > bufferBytes - filled) {
          await write(buffer, filled);
          filled = 0;
        }
        if (chunk.length * 3 <= bufferBytes) filled += buffer.write(chunk, filled);
        else {
          const whole = Buffer.from(chunk, 'utf8');
          await write(whole, whole.length);
        }
      }
      await write(buffer, filled);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(neighbour, file);
    return { bytes };
  } catch (error) {
    await rm(neighbour, { force: true }).catch(() => undefined);
    throw ReportError.from(error, file);
  }
}
