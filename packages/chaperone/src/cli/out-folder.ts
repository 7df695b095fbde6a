import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clearReports, ReportError, reportFiles, summaryFile } from '../report/index.ts';
import { UsageError } from './exit.ts';
import { makeFolder } from './make-folder.ts';

/** Says that a folder is ours from the first moment, before there is a summary: an interrupted scan's folder can be used again. */
const marker = '.chaperone';

/**
 * Makes a folder ready for a report: new, empty, or one that an earlier scan left, whose files are then removed. A folder with
 * anything else is refused unless `force`; even then only our own file names are touched.
 *
 * @throws {UsageError} for a folder that isn't ours
 * @throws {ReportError} when it can't be made or written
 */
export async function prepareOut(out: string, force: boolean): Promise<void> {
  const info = await stat(out).catch(() => undefined);
  if (info !== undefined && !info.isDirectory())
    throw new UsageError(`${out} is a file, not a folder`, 'Give another folder with --out.');
  if (info !== undefined && !force && !(await isOurs(out)))
    throw new UsageError(
      `${out} holds files that no scan left there`,
      'Give another folder with --out, or --force to write among them (only files of our own names are replaced).',
    );
  try {
    await makeFolder(out);
    await clearReports(out);
    await writeFile(
      join(out, marker),
      'This folder holds a report by Chaperone. The next scan with the same --out replaces it.\n',
    );
  } catch (error) {
    throw ReportError.from(error, out);
  }
}

async function isOurs(out: string): Promise<boolean> {
  const names = await readdir(out);
  if (names.length === 0 || names.includes(marker)) return true;
  if (!names.includes(summaryFile)) return false;
  try {
    const summary: unknown = JSON.parse(await readFile(join(out, summaryFile), 'utf8'));
    return (
      typeof summary === 'object' &&
      summary !== null &&
      'verdict' in summary &&
      'rules' in summary &&
      names.every((name) => reportFiles.includes(name))
    );
  } catch {
    return false;
  }
}
