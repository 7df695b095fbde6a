import { createHash } from 'node:crypto';

/** Up to where a file was read. A file is known by device, inode and how it begins: by none of them alone. */
export interface FilePlace {
  readonly dev: number;
  readonly ino: number;
  /** bytes at the beginning that `head` was made of */
  readonly headLength: number;
  readonly head: string;
  /** bytes read and stored */
  readonly offset: number;
  /** records read and stored: lines that are not empty */
  readonly line: number;
  /** names the file's content for the ids of its events; stays when the file is renamed */
  readonly origin: string;
  /** lines at the beginning that say what the columns are */
  readonly header: readonly string[];
  /** size and time of writing at the last look: a file that is read whole must have stayed the same for a while */
  readonly seen: string;
  /** when that was first seen, milliseconds since 1970 */
  readonly since: number;
  /** the same as `seen`, of what was read whole */
  readonly done?: string;
  /** last look, milliseconds since 1970 */
  readonly at: number;
}

export interface FolderCursor {
  /** by path */
  readonly files: Readonly<Record<string, FilePlace>>;
}

/** Bytes at the beginning that tell a file from others. */
export const HEAD = 1_024;
/** Fewer bytes say too little to take a copy for the file that it was made of. */
const ENOUGH = 64;
/** A place whose file is gone is kept so long, in milliseconds: rotated files come back from archives and mounts. */
const KEPT = 7 * 86_400_000;

export function headOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}

/**
 * The place of a file that begins with these bytes: of the same inode, or, if it is a copy that a rotation left (copytruncate), of the file
 * that it was copied from. Undefined for a new file, and for one that was emptied and written anew.
 */
export function placeOf(
  cursor: FolderCursor,
  path: string,
  { dev, ino, size }: { readonly dev: number; readonly ino: number; readonly size: number },
  begins: Uint8Array,
): FilePlace | undefined {
  const places = Object.entries(cursor.files);
  const same = ([, place]: readonly [string, FilePlace]) =>
    size >= place.offset &&
    begins.length >= place.headLength &&
    headOf(begins.subarray(0, place.headLength)) === place.head;
  const here = cursor.files[path];
  if (here !== undefined && here.dev === dev && here.ino === ino && same([path, here])) return here;
  const moved = places.find(([, place]) => place.dev === dev && place.ino === ino);
  if (moved !== undefined && same(moved)) return moved[1];
  return places.find((entry) => entry[1].headLength >= ENOUGH && entry[1].done === undefined && same(entry))?.[1];
}

/** The places to keep: those of files that are there, and for some days those of files that are gone. */
export function kept(cursor: FolderCursor, now: number): FolderCursor {
  return { files: Object.fromEntries(Object.entries(cursor.files).filter(([, { at }]) => now - at < KEPT)) };
}
