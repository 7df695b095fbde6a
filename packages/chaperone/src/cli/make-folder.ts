import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ReportError } from '../report/index.ts';

/**
 * Makes a folder and those above it. Node's own `recursive` never returns where a file system refuses with ENOENT (/proc).
 *
 * @throws {ReportError} when it can't be made
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(folder) === folder || (await stat(dirname(folder)).catch(() => undefined)))
      throw ReportError.from(error, folder);
    await makeFolder(dirname(folder));
    await mkdir(folder).catch((failure) => {
      throw ReportError.from(failure, folder);
    });
  }
}
