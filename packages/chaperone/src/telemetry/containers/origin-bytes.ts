import type { Unread } from '../event.ts';
import { unread } from '../unread.ts';
import { Feed } from './feed.ts';
import { fileBytes } from './file-bytes.ts';
import type { ContainerLimits } from './limits.ts';
import type { Origin, Step } from './origin.ts';
import { type RandomAccess, randomAccess } from './random-access.ts';
import { checked, gunzip, inflateMember, type Report, unzstd } from './unpack.ts';
import type { ZipMember } from './zip.ts';

/** The unpacked bytes of an origin. Problems are reported and end the bytes; nothing is thrown, what came out was given. */
export function originBytes(origin: Origin, limits: ContainerLimits, report: Report): AsyncGenerator<Buffer> {
  return unpacked(origin, origin.steps.length, limits, report);
}

/** The bytes after the first `level` steps. */
async function* unpacked(
  origin: Origin,
  level: number,
  limits: ContainerLimits,
  report: Report,
): AsyncGenerator<Buffer> {
  const { name } = origin;
  if (level === 0) {
    yield* fileBytes(origin.file, name, report);
    return;
  }
  const step = origin.steps[level - 1];
  if (step.kind === 'zip') {
    yield* zipMemberBytes(origin, level, step.member, limits, report);
    return;
  }
  const feed = new Feed(unpacked(origin, level - 1, limits, report));
  const job = { feed, name, limits, report };
  try {
    yield* step.kind === 'gzip' ? gunzip(job) : unzstd(job);
  } finally {
    await feed.close();
  }
}

async function* zipMemberBytes(
  origin: Origin,
  level: number,
  member: ZipMember,
  limits: ContainerLimits,
  report: Report,
): AsyncGenerator<Buffer> {
  const { name } = origin;
  const nested = level > 1 ? await wholeBytes(origin, level - 1, limits, report) : undefined;
  if (level > 1 && nested === undefined) return;
  const start = nested === undefined ? await dataStart(origin.file, member) : dataStartIn(nested, member.header);
  if (start === undefined) {
    report(
      unread('archive_damaged', name, 'has no header where its archive says', 'Copy the archive again.', {
        stop: true,
      }),
    );
    return;
  }
  const packed =
    nested === undefined
      ? fileBytes(origin.file, name, report, { start, length: member.packed })
      : once(nested.subarray(start, start + member.packed));
  if (member.method === 0) {
    yield* checked(packed, name, member, report);
    return;
  }
  const feed = new Feed(packed);
  try {
    yield* inflateMember({ feed, name, limits, report }, member);
  } finally {
    await feed.close();
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

let remembered: { readonly key: string; readonly bytes: Buffer } | undefined;

/**
 * A zip inside another archive, whole, for its directory stands at its end; undefined where it is too large. The last one
 * is remembered, since its members are opened one after the other.
 */
export async function wholeBytes(
  origin: Origin,
  level: number,
  limits: ContainerLimits,
  report: Report,
): Promise<Buffer | undefined> {
  const key = JSON.stringify([origin.file, origin.steps.slice(0, level).map(stepKey)]);
  if (remembered?.key === key) return remembered.bytes;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of unpacked(origin, level, limits, report)) {
    size += chunk.length;
    if (size > limits.maxNested) {
      report(tooLarge(origin.name, limits));
      return undefined;
    }
    parts.push(chunk);
  }
  const bytes = Buffer.concat(parts);
  remembered = { key, bytes };
  return bytes;
}

function tooLarge(name: string, limits: ContainerLimits): Unread {
  return unread(
    'archive_too_large',
    name,
    `is an archive of more than ${limits.maxNested} bytes inside another archive`,
    'Unpack the outer archive and scan the result.',
    { stop: true },
  );
}

function stepKey(step: Step): unknown {
  return step.kind === 'zip' ? step.member.header : step.kind;
}

const LOCAL_HEADER = 30;

async function dataStart(file: string, member: ZipMember): Promise<number | undefined> {
  let access: RandomAccess | undefined;
  try {
    access = await randomAccess(file);
    const start = dataStartIn(await access.read(member.header, LOCAL_HEADER), 0);
    return start === undefined ? undefined : start + member.header;
  } catch {
    return undefined;
  } finally {
    await access?.close();
  }
}

/** Where a member's packed data starts: behind its local header, name and extra field (APPNOTE 4.3.7). */
function dataStartIn(bytes: Buffer, header: number): number | undefined {
  if (header + LOCAL_HEADER > bytes.length || bytes.readUInt32LE(header) !== 0x04034b50) return undefined;
  return header + LOCAL_HEADER + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
}
