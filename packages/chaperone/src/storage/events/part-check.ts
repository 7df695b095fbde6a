import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes free below which what ClickHouse writes is looked at. */
const LITTLE = 512 * 2 ** 20;

/**
 * Whether so little room is left that a disk may have been full for a moment.
 *
 * @param folder of the store
 */
export async function littleRoom(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < LITTLE;
}

/**
 * Parts of tables that ClickHouse takes for whole and that aren't on the disk as it wrote them. Where the disk gets full while it writes, inserts and
 * merges report success all the same (26.7, ext4 and tmpfs, with and without fsync: files end short or are empty), and when the store is closed, or after
 * eight minutes, what was merged is deleted. A process that is killed before that finds the broken part at its start, sets it aside and takes what it
 * was merged from.
 *
 * @param ask runs a question on the store
 * @param since seconds since 1970; parts that changed before are not looked at
 */
export async function brokenParts(
  ask: (sql: string) => Promise<{ path: string; bytes: string }[]>,
  since: number,
): Promise<string[]> {
  const parts = await ask(
    `SELECT path, toString(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database NOT IN ('system', 'default') AND modification_time >= toDateTime(${since})`,
  );
  const sizes = await Promise.all(parts.map(({ path }) => bytesOf(path)));
  return parts.filter(({ bytes }, i) => sizes[i] !== undefined && sizes[i] < Number(bytes)).map(({ path }) => path);
}

/** Files that `bytes_on_disk` doesn't count; none is ever empty. */
const BESIDE: ReadonlySet<string> = new Set([
  'checksums.txt',
  'columns.txt',
  'columns_substreams.txt',
  'default_compression_codec.txt',
  'metadata_version.txt',
]);

/** Bytes of a part's files; -1 where one is empty that never is, undefined where the part was merged away meanwhile. */
async function bytesOf(folder: string): Promise<number | undefined> {
  try {
    let sum = 0;
    for (const name of await readdir(folder)) {
      const { size } = await stat(join(folder, name));
      if (!BESIDE.has(name)) sum += size;
      else if (size === 0) return -1;
    }
    return sum;
  } catch {
    return undefined;
  }
}
