import type { Unread } from '../event.ts';
import { inert, unread } from '../unread.ts';
import type { ContainerLimits } from './limits.ts';
import { type RandomAccess, randomAccess } from './random-access.ts';
import { type DirectoryEntry, readDirectory } from './zip-directory.ts';

/** Where a member of a zip lies: plain data, so that another thread can open it. Offsets and sizes in bytes. */
export interface ZipMember {
  readonly name: string;
  /** of the local file header */
  readonly header: number;
  readonly packed: number;
  readonly size: number;
  /** 0 stored, 8 deflate */
  readonly method: number;
  readonly crc32: number;
  /** microseconds since 1970; 0 where none is stated */
  readonly modified: number;
}

/** Bit 0 of the general purpose flags: encrypted (APPNOTE 4.4.4). */
const ENCRYPTED = 1;

/** The members of a zip in the order of its directory; folders are left out. What can't be opened comes as {@link Unread}. */
export async function* zipMembers(
  from: string | Buffer,
  display: string,
  limits: ContainerLimits,
): AsyncGenerator<ZipMember | Unread> {
  let access: RandomAccess | undefined;
  try {
    access = await randomAccess(from);
    let count = 0;
    for await (const entry of readDirectory(access)) {
      if (entry.problem !== undefined) {
        yield broken(display, entry.problem);
        return;
      }
      if (entry.name.endsWith('/')) continue;
      count += 1;
      if (count > limits.maxMembers) {
        yield tooMany(display, limits);
        return;
      }
      yield memberOf(entry, display);
    }
  } catch (error) {
    yield broken(display, error instanceof Error ? error.message : String(error));
  } finally {
    await access?.close();
  }
}

function memberOf(entry: DirectoryEntry, display: string): ZipMember | Unread {
  // The name is only shown, nothing is ever written to disk under it
  const name = inert(entry.name.replaceAll('\\', '/'), 1024);
  const shown = `${display}!/${name}`;
  if ((entry.flags & ENCRYPTED) !== 0) {
    return unread('archive_encrypted', shown, 'is encrypted', 'Unpack it with its password and scan the result.', {
      stop: true,
    });
  }
  if (entry.method !== 0 && entry.method !== 8) {
    return unread(
      'archive_method',
      shown,
      `is packed with zip method ${entry.method}, which is not read here (0 and 8 are)`,
      'Unpack it yourself and scan the result.',
      { stop: true },
    );
  }
  return { ...entry, name };
}

function broken(display: string, why: string): Unread {
  return unread(
    'archive_damaged',
    display,
    `is no readable zip: ${inert(why)}`,
    'Copy the file again from where it comes from, or unpack it yourself and scan the result.',
    { stop: true },
  );
}

function tooMany(display: string, limits: ContainerLimits): Unread {
  return unread(
    'archive_bomb',
    display,
    `holds more than ${limits.maxMembers} files; the rest was not read`,
    'Unpack it yourself and scan the result.',
    { stop: true },
  );
}
