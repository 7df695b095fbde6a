import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';

/** The body can't be taken: its HTTP status and why. */
export class BodyError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const UNPACK = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
  br: promisify(brotliDecompress),
};

/**
 * Reads a request's body whole and unpacks it, never beyond `most` bytes of either.
 *
 * @throws BodyError 413, 415, 400, 408
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const stated = Number(request.headers['content-length'] ?? 0);
  if (stated > most) throw new BodyError(413, `The body has ${stated} bytes; ${most} are taken at once.`);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > most) throw new BodyError(413, `The body is larger than ${most} bytes.`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof BodyError ? error : new BodyError(400, 'The body broke off.');
  }
  const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return body;
  const unpack = UNPACK[(encoding === 'x-gzip' ? 'gzip' : encoding) as keyof typeof UNPACK];
  if (unpack === undefined)
    throw new BodyError(415, `The content encoding ${encoding} is not known here; gzip, deflate, zstd and br are.`);
  try {
    return await unpack(body, { maxOutputLength: most });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new BodyError(413, `Unpacked, the body is larger than ${most} bytes.`);
    throw new BodyError(400, `The body is no ${encoding}.`);
  }
}
