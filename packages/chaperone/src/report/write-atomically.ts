import { open, rename, rm } from 'node:fs/promises';
import { ReportError } from './report-error.ts';

/**
 * Writes a file so that a reader sees all of it or none: into a neighbour with a name of its own, flushed to the disk, then
 * renamed over. Chunks are gathered to 256 KiB a write; nothing else is held.
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
      let pending = '';
      for await (const chunk of chunks) {
        pending += chunk;
        if (pending.length < 262_144) continue;
        bytes += await write(pending);
        pending = '';
      }
      bytes += await write(pending);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(neighbour, file);
    return { bytes };

    async function write(text: string): Promise<number> {
      const data = Buffer.from(text, 'utf8');
      for (let at = 0; at < data.length; ) at += (await handle.write(data, at)).bytesWritten;
      return data.length;
    }
  } catch (error) {
    await rm(neighbour, { force: true }).catch(() => undefined);
    throw ReportError.from(error, file);
  }
}
