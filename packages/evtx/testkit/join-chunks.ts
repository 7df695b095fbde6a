import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CHUNK_SIZE, FILE_HEAD, isChunkHead } from '../src/format.ts';
import { LogWalker } from '../src/log-walker.ts';
import { fileHead } from './file-head.ts';
import { sealChunk } from './seal-chunk.ts';

export interface JoinOptions {
  /** event log files whose chunks are used, over and over */
  readonly sources: readonly string[];
  /** the file to write */
  readonly to: string;
  /** its least size in bytes */
  readonly bytes: number;
  /** leaves out chunks filled to less than this part; 0.8 by default, since real large logs have full chunks */
  readonly fill?: number;
}

/** A chunk worth copying, and where in it the ids stand that must be renumbered. */
interface Piece {
  readonly bytes: Buffer;
  readonly free: number;
  readonly heads: readonly number[];
  readonly bodies: readonly number[];
}

/**
 * Writes a valid log of any size out of the chunks of real ones: records are numbered through, in their headers and in
 * System/EventRecordID, chunk headers follow, all checksums are right. For benches, which need real shapes at size.
 */
export function joinChunks(options: JoinOptions): { chunks: number; records: number; bytes: number } {
  const pieces = options.sources.flatMap((source) => piecesOf(source, options.fill ?? 0.8));
  if (pieces.length === 0) throw new TypeError('None of the sources has a chunk that is full enough.');
  const chunks = Math.max(1, Math.ceil((options.bytes - FILE_HEAD) / CHUNK_SIZE));
  const file = openSync(options.to, 'w');
  let next = 1;
  try {
    writeSync(file, Buffer.alloc(FILE_HEAD));
    for (let index = 0; index < chunks; index++) {
      const piece = pieces[index % pieces.length];
      renumber(piece, next);
      next += piece.heads.length;
      writeSync(file, piece.bytes);
    }
    writeSync(file, fileHead(chunks, next), 0, FILE_HEAD, 0);
  } finally {
    closeSync(file);
  }
  return { chunks, records: next - 1, bytes: FILE_HEAD + chunks * CHUNK_SIZE };
}

function piecesOf(path: string, fill: number): Piece[] {
  const bytes = readFileSync(path);
  const pieces: Piece[] = [];
  for (let at = FILE_HEAD; at + CHUNK_SIZE <= bytes.length; at += CHUNK_SIZE) {
    if (!isChunkHead(bytes, at)) continue;
    const chunk = Buffer.from(bytes.subarray(at, at + CHUNK_SIZE));
    const free = chunk.readUInt32LE(48);
    if (free < fill * CHUNK_SIZE || free > CHUNK_SIZE) continue;
    const heads: number[] = [];
    const bodies: number[] = [];
    let good = true;
    const walker = new LogWalker(
      path,
      {
        onRecord: (cursor) => {
          heads.push(cursor.offset);
          const { layout } = cursor;
          const leaf = layout === undefined ? -1 : layout.find('EventRecordID');
          if (leaf >= 0 && cursor.locate(leaf) && cursor.length === 8) bodies.push(cursor.start);
        },
        onIssue: () => {
          good = false;
        },
      },
      { checksums: false },
    );
    walker.chunk(chunk, 0, CHUNK_SIZE, 0, 0);
    // what lies beyond the last record would only be slack to carve
    chunk.fill(0, free);
    if (good && heads.length > 0) pieces.push({ bytes: chunk, free, heads, bodies });
  }
  return pieces;
}

function renumber({ bytes, free, heads, bodies }: Piece, first: number): void {
  const last = first + heads.length - 1;
  for (const [index, at] of heads.entries()) bytes.writeBigUInt64LE(BigInt(first + index), at + 8);
  if (bodies.length === heads.length) {
    for (const [index, at] of bodies.entries()) bytes.writeBigUInt64LE(BigInt(first + index), at);
  }
  for (const at of [8, 24]) {
    bytes.writeBigUInt64LE(BigInt(first), at);
    bytes.writeBigUInt64LE(BigInt(last), at + 8);
  }
  sealChunk(bytes, free);
}
