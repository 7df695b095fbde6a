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
  // The engine takes further chunks before it tells of the end that it has already met in an earlier one.
  let given: Buffer[] = [];
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
          given = [...stillNeeded(given, fed - chunk.length - engine.bytesWritten), chunk];
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
    let unused = fed - engine.bytesWritten;
    for (const chunk of given.reverse()) {
      feed.giveBack(chunk.subarray(Math.max(0, chunk.length - unused)));
      unused -= Math.min(unused, chunk.length);
    }
    return 'ended';
  } finally {
    engine.destroy();
  }
}

/** The last chunks that hold the `unused` bytes at the end of what was given. */
function stillNeeded(given: readonly Buffer[], unused: number): Buffer[] {
  let from = given.length;
  for (let left = unused; left > 0 && from > 0; left -= given[from].length) from -= 1;
  return given.slice(from);
}
