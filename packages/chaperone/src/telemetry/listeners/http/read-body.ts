import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { release } from '../../release.ts';
import { LineTrimmer } from './line-trimmer.ts';

/** The body can't be taken: its HTTP status and why. */
export class BodyError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Records of one request; each costs memory of its own, however short it is. */
const MOST_RECORDS = 200_000;

/** @throws BodyError 413, at which shippers send less at once */
export function ensureFew(records: number): void {
  if (records > MOST_RECORDS)
    throw new BodyError(413, `The body has more than ${MOST_RECORDS} records; that many are taken at once.`);
}

const UNPACK = {
  gzip: createGunzip,
  deflate: createInflate,
  zstd: createZstdDecompress,
  br: createBrotliDecompress,
};

/** A JSON array is one line however many records it holds. */
const ARRAY = 0x5b;

/**
 * Reads a request's body whole and unpacks it as it comes, never beyond `most` bytes. `reserve` is told of each piece before it is kept, and may
 * throw.
 *
 * @param longest bytes of a line of which the rest is left out, but for one byte that tells of it; undefined: the body is no lines
 * @throws BodyError 413, 415, 400
 */
export async function readBody(
  request: IncomingMessage,
  most: number,
  reserve: (bytes: number) => void,
  longest?: number,
): Promise<Buffer> {
  const stated = Number(request.headers['content-length'] ?? 0);
  if (stated > most) throw new BodyError(413, `The body has ${stated} bytes; ${most} are taken at once.`);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const packed = encoding !== 'identity' && encoding !== '';
  const unpack = UNPACK[(encoding === 'x-gzip' ? 'gzip' : encoding) as keyof typeof UNPACK];
  if (packed && unpack === undefined)
    throw new BodyError(415, `The content encoding ${encoding} is not known here; gzip, deflate, zstd and br are.`);
  const chunks: Buffer[] = [];
  let size = 0;
  let trimmer = longest === undefined ? undefined : new LineTrimmer(longest);
  try {
    for await (const chunk of packed ? unpacked(request, unpack()) : request.iterator({ destroyOnReturn: false })) {
      if (size === 0 && chunk[0] === ARRAY) trimmer = undefined;
      size += chunk.length;
      if (size > most) throw new BodyError(413, `The body is larger than ${most} bytes${packed ? ', unpacked' : ''}.`);
      const kept = trimmer?.trim(chunk) ?? [chunk];
      // Of a line of 100 MB nearly all is nobody's: left to the collector, it has him go through everything again and again.
      if (kept.length === 0) release(chunk);
      for (const piece of kept) {
        reserve(piece.length);
        chunks.push(piece);
      }
    }
  } catch (error) {
    if (error instanceof BodyError || 'retryAfter' in (error as object)) throw error;
    throw new BodyError(400, packed && !request.errored ? `The body is no ${encoding}.` : 'The body broke off.');
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/** What the unpacker makes of the request. It is ended with the request; the request outlives it, so that it can be answered. */
function unpacked(request: IncomingMessage, unpacker: Transform): Transform {
  request.once('error', () => unpacker.destroy(new Error('broken off')));
  request.once('close', () => {
    if (!request.complete) unpacker.destroy(new Error('broken off'));
  });
  unpacker.once('close', () => {
    request.unpipe(unpacker);
    request.resume();
  });
  return request.pipe(unpacker);
}
