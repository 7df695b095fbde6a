import { constants, crc32, createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { Unread } from '../event.ts';
import { unread } from '../unread.ts';
import { type Ending, expand } from './expand.ts';
import type { Feed } from './feed.ts';
import type { ContainerLimits } from './limits.ts';

export type Report = (problem: Unread) => void;

const CHUNK = 256 * 1024;

/** Window of a zstd frame that is still accepted: 128 MiB (`--long=27`), zstd's own default for decoding. */
const ZSTD_WINDOW_LOG = 27;

interface Job {
  readonly feed: Feed;
  readonly name: string;
  readonly limits: ContainerLimits;
  readonly report: Report;
}

/** The unpacked bytes of a gzip file of one or many members (RFC 1952). Problems are reported, never thrown. */
export async function* gunzip(job: Job): AsyncGenerator<Buffer> {
  const guard = new Guard(job);
  for (let member = 0; ; member += 1) {
    const header = await gzipHeader(job.feed);
    if (header === 'end' && member > 0) return;
    if (header === 'other' && member > 0) {
      job.report(damaged(job.name, 'holds bytes after the end of its packed data that are not gzip'));
      return;
    }
    if (header !== 'member') {
      job.report(truncated(job.name));
      return;
    }
    let sum = 0;
    let size = 0;
    const out = expand(job.feed, createInflateRaw({ chunkSize: CHUNK }));
    const ending = yield* guard.watch(out, (chunk) => {
      sum = crc32(chunk, sum);
      size += chunk.length;
    });
    if (ending !== 'ended') {
      reportEnding(job, ending);
      return;
    }
    const trailer = await job.feed.exactly(8);
    if (trailer.length < 8) {
      job.report(truncated(job.name));
      return;
    }
    if (trailer.readUInt32LE(0) !== sum >>> 0 || trailer.readUInt32LE(4) !== size % 2 ** 32) {
      job.report(damaged(job.name, 'does not have the checksum that it states: its content was changed or damaged'));
    }
  }
}

/** The unpacked bytes of a zstd file of one or many frames (RFC 8878). */
export async function* unzstd(job: Job): AsyncGenerator<Buffer> {
  const guard = new Guard(job);
  for (;;) {
    const next = await job.feed.chunk();
    if (next === undefined) return;
    job.feed.giveBack(next);
    const engine = createZstdDecompress({
      chunkSize: CHUNK,
      params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
    });
    const before = job.feed.taken;
    const ending = yield* guard.watch(expand(job.feed, engine), () => {});
    if (ending !== 'ended') {
      reportEnding(job, ending);
      return;
    }
    if (job.feed.taken === before) {
      job.report(damaged(job.name, 'holds bytes after the end of its packed data that are not zstd'));
      return;
    }
  }
}

/** The content of a zip member packed with method 8, deflate (APPNOTE 4.4.5). */
export async function* inflateMember(job: Job, expected: { crc32: number; size: number }): AsyncGenerator<Buffer> {
  let sum = 0;
  let size = 0;
  const ending = yield* new Guard(job).watch(expand(job.feed, createInflateRaw({ chunkSize: CHUNK })), (chunk) => {
    sum = crc32(chunk, sum);
    size += chunk.length;
  });
  if (ending !== 'ended') reportEnding(job, ending);
  else if (sum >>> 0 !== expected.crc32 || size !== expected.size) {
    job.report(damaged(job.name, 'does not have the checksum that its archive states: it was changed or damaged'));
  }
}

/** The content of a stored zip member, held against the checksum that its archive states. */
export async function* checked(
  bytes: AsyncIterable<Buffer>,
  name: string,
  expected: { crc32: number; size: number },
  report: Report,
): AsyncGenerator<Buffer> {
  let sum = 0;
  let size = 0;
  for await (const chunk of bytes) {
    sum = crc32(chunk, sum);
    size += chunk.length;
    yield chunk;
  }
  if (size === expected.size && sum >>> 0 === expected.crc32) return;
  report(damaged(name, 'does not have the checksum that its archive states: it was changed or damaged'));
}

/** Counts what goes in and what comes out, and stops a bomb. */
class Guard {
  readonly #job: Job;
  #out = 0;

  constructor(job: Job) {
    this.#job = job;
  }

  async *watch(
    output: AsyncGenerator<Buffer, Ending>,
    see: (chunk: Buffer) => void,
  ): AsyncGenerator<Buffer, Ending | 'bomb'> {
    const { limits, feed } = this.#job;
    for (;;) {
      const next = await output.next();
      if (next.done === true) return next.value;
      const chunk = next.value;
      this.#out += chunk.length;
      const wild = this.#out > limits.ratioFrom && this.#out > feed.taken * limits.maxRatio;
      if (wild || this.#out > limits.maxUnpacked) {
        await output.return('damaged');
        return 'bomb';
      }
      see(chunk);
      yield chunk;
    }
  }
}

function reportEnding(job: Job, ending: Ending | 'bomb'): void {
  if (ending === 'truncated') job.report(truncated(job.name));
  else if (ending === 'damaged') job.report(damaged(job.name, 'is damaged: what came before the damage was read'));
  else if (ending === 'bomb') {
    job.report(
      unread(
        'archive_bomb',
        job.name,
        'unpacks to far more than real logs do; reading stopped there and what came before was read',
        'Look at where it comes from. If it is right, unpack it yourself and scan the result.',
        { stop: true },
      ),
    );
  }
}

function truncated(name: string): Unread {
  return unread(
    'archive_truncated',
    name,
    'ends in the middle of its packed data; what could be unpacked was read',
    'Copy the file again from where it comes from.',
    { stop: true },
  );
}

function damaged(name: string, what: string): Unread {
  return unread('archive_damaged', name, what, 'Copy the file again from where it comes from.', { stop: true });
}

/** Reads past a member's header. `end`: nothing but padding is left; `other`: something that isn't gzip. */
async function gzipHeader(feed: Feed): Promise<'member' | 'end' | 'other' | 'cut'> {
  const fixed = await feed.exactly(10);
  if (fixed.length === 0) return 'end';
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b) {
    // Tapes and some appliances pad with zeros
    if (fixed.every((byte) => byte === 0)) return (await restIsZero(feed)) ? 'end' : 'other';
    return 'other';
  }
  if (fixed.length < 10) return 'cut';
  const flags = fixed[3];
  if ((flags & 4) !== 0) {
    const length = await feed.exactly(2);
    if (length.length < 2 || (await feed.exactly(length.readUInt16LE(0))).length < length.readUInt16LE(0)) return 'cut';
  }
  if ((flags & 8) !== 0 && !(await skipString(feed))) return 'cut';
  if ((flags & 16) !== 0 && !(await skipString(feed))) return 'cut';
  if ((flags & 2) !== 0 && (await feed.exactly(2)).length < 2) return 'cut';
  return 'member';
}

async function skipString(feed: Feed): Promise<boolean> {
  for (;;) {
    const chunk = await feed.chunk();
    if (chunk === undefined) return false;
    const end = chunk.indexOf(0);
    if (end >= 0) {
      feed.giveBack(chunk.subarray(end + 1));
      return true;
    }
  }
}

async function restIsZero(feed: Feed): Promise<boolean> {
  for (;;) {
    const chunk = await feed.chunk();
    if (chunk === undefined) return true;
    if (!chunk.every((byte) => byte === 0)) return false;
  }
}
