import { crc32 } from 'node:zlib';
import { FILE_HEAD } from '../src/format.ts';

/** The first 4,096 bytes of a log of so many chunks whose next record will have the id `next`. */
export function fileHead(chunks: number, next: number): Buffer {
  const head = Buffer.alloc(FILE_HEAD);
  head.write('ElfFile\0', 0, 'latin1');
  head.writeBigUInt64LE(0n, 8);
  head.writeBigUInt64LE(BigInt(Math.max(0, chunks - 1)), 16);
  head.writeBigUInt64LE(BigInt(next), 24);
  head.writeUInt32LE(128, 32);
  head.writeUInt16LE(1, 36);
  head.writeUInt16LE(3, 38);
  head.writeUInt16LE(FILE_HEAD, 40);
  // the count has 16 bits: a larger log's wraps, as no reader should trust it
  head.writeUInt16LE(chunks & 0xffff, 42);
  head.writeUInt32LE(crc32(head.subarray(0, 120)), 124);
  return head;
}
