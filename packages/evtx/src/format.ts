/** Sizes and marks of the file format. The header's own sizes aren't trusted: no other have ever been written. */
export const FILE_HEAD = 4096;
export const CHUNK_SIZE = 0x10000;
/** Bytes of a chunk before its first record: header, name table, template table. */
export const CHUNK_HEAD = 512;
/** Least bytes of a record: head, and its size once more at the end. */
export const MIN_RECORD = 28;
/** `**\0\0`, little endian. */
export const RECORD_MAGIC = 0x2a2a;
export const RECORD_MARK = Buffer.from([0x2a, 0x2a, 0, 0]);

const FILE_MARK = Buffer.from('ElfFile\0', 'latin1');
const CHUNK_MARK = Buffer.from('ElfChnk\0', 'latin1');

export function isFileHead(bytes: Buffer, at: number): boolean {
  return has(bytes, at, FILE_MARK);
}

export function isChunkHead(bytes: Buffer, at: number): boolean {
  return has(bytes, at, CHUNK_MARK);
}

function has(bytes: Buffer, at: number, mark: Buffer): boolean {
  for (let index = 0; index < mark.length; index++) if (bytes[at + index] !== mark[index]) return false;
  return true;
}

/** Whether all bytes of a range are zero. */
export function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] !== 0) return false;
  return true;
}
