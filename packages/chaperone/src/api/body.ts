import type { Context } from 'hono';
import { Problem } from './problem.ts';

/** Bytes of bodies that all requests together may hold while they are read and answered. */
const MOST_AT_ONCE = 384 << 20;

/** Keeps account of the bodies that are held in memory. */
export class Bodies {
  #held = 0;

  /**
   * Reads a body whole and does the work with its text.
   *
   * @param most bytes that are taken of this one
   * @throws Problem 413, 503, and what the work throws
   */
  async text<T>(context: Context, most: number, work: (text: string) => Promise<T>): Promise<T> {
    const stated = Number(context.req.header('content-length') ?? 0);
    if (stated > most) throw tooLarge(most);
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of context.req.raw.body ?? []) {
        if (size + chunk.length > most) throw tooLarge(most);
        if (this.#held + chunk.length > MOST_AT_ONCE)
          throw new Problem(503, 'busy', 'Too many large requests are under way.', 'Try again in a moment.', {}, 2);
        size += chunk.length;
        this.#held += chunk.length;
        chunks.push(chunk);
      }
      return await work(Buffer.concat(chunks).toString('utf8'));
    } finally {
      this.#held -= size;
    }
  }
}

function tooLarge(most: number): Problem {
  const mebibytes = most / 2 ** 20;
  const taken = mebibytes >= 1 ? `${mebibytes} MiB` : `${most / 1024} KiB`;
  return new Problem(413, 'body_too_large', `The body is too large: ${taken} are taken.`, 'Send less at once.');
}
