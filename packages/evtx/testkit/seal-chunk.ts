import { crc32 } from 'node:zlib';
import { CHUNK_HEAD } from '../src/format.ts';

/** Writes a chunk's two checksums; its records end at `free`. */
export function sealChunk(chunk: Buffer, free: number): void {
  chunk.writeUInt32LE(crc32(chunk.subarray(CHUNK_HEAD, free)), 52);
  chunk.writeUInt32LE(0, 120);
  chunk.writeUInt32LE(crc32(chunk.subarray(128, CHUNK_HEAD), crc32(chunk.subarray(0, 120))), 124);
}
