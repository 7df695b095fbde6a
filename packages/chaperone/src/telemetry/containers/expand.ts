import type { Transform } from 'node:stream';
import type { Feed } from './feed.ts';

/** How an unpacking engine came to its end. */
export type Ending = 'ended' | 'truncated' | 'damaged';

/**
 * Drives one engine of node:zlib by hand. `pipe` and `for await` throw away what was unpacked but not yet read when an
 * error comes; here everything that came out is handed over first. Input behind the end of the packed stream goes back to
 * the feed (node's zstd engine stops after a frame, its raw inflate after a stream).
 */
export async function* expand(
  feed: Feed,
  engine: Transform & { bytesWritten: number },
): AsyncGenerator<Buffer, Ending> {
  let ended = false;
  let failed: NodeJS.ErrnoException | undefined;
  let writing = false;
  let finished = false;
  let fed = 0;
  let last: Buffer = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  let woken = false;
  const signal = () => {
    woken = true;
    wake?.();
  };
  engine.on('readable', signal);
  engine.on('end', () => {
    ended = true;
    signal();
  });
  engine.on('error', (error) => {
    failed = error;
    signal();
  });
  try {
    for (;;) {
      woken = false;
      for (let out = engine.read(); out !== null; out = engine.read()) yield out;
      if (failed !== undefined) return failed.code === 'Z_BUF_ERROR' ? 'truncated' : 'damaged';
      if (ended) break;
      if (!writing && !finished) {
        const chunk = await feed.chunk();
        if (chunk === undefined) {
          finished = true;
          engine.end();
        } else {
          fed += chunk.length;
          last = chunk;
          writing = true;
          engine.write(chunk, () => {
            writing = false;
            signal();
          });
        }
      }
      if (!woken) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    }
    const unused = fed - engine.bytesWritten;
    if (unused > 0 && unused <= last.length) feed.giveBack(last.subarray(last.length - unused));
    return 'ended';
  } finally {
    engine.destroy();
  }
}
