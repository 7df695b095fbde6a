import type { Source } from '../discover/source.ts';
import type { Unread } from '../event.ts';
import type { Format } from '../format.ts';
import { unread } from '../unread.ts';
import { type Sniffed, sniff } from './sniff.ts';

/** Bytes that are looked at. A record longer than this is told by what fits. */
const HEAD = 256 * 1024;

/** Opens a source and tells what it is; what keeps it from being read comes as {@link Unread}. */
export async function sniffSourceWith(source: Source, formats: readonly Format[]): Promise<Sniffed | Unread> {
  const parts: Buffer[] = [];
  let size = 0;
  let problem: Unread | undefined;
  for await (const chunk of source.bytes((found) => {
    problem ??= found;
  })) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= HEAD) break;
  }
  if (size === 0) {
    const empty = () =>
      unread('file_empty', source.path, 'is empty', 'Nothing to do, unless it should hold something.', {
        records: 0,
        stop: true,
      });
    return problem ?? empty();
  }
  return sniff(Buffer.concat(parts).subarray(0, HEAD), source.path, formats);
}
