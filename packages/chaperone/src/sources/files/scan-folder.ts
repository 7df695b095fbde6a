import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { discover, type Intake, inert, openSource, sniffSource, type Unread } from '../../telemetry/index.ts';
import { deliver } from '../deliver.ts';
import { deliverFile, type FileOutcome } from './deliver-file.ts';
import { type FilePlace, type FolderCursor, HEAD, headOf, kept, placeOf } from './folder-cursor.ts';
import { type FolderFile, folderFiles } from './folder-files.ts';
import { tailLines } from './tail-file.ts';

/** `settings` of a source of kind `folder`. */
export interface FolderSettings {
  readonly path: string;
  /** which files below it, e.g. `**\/*.log`; all by default */
  readonly include?: string;
}

export interface FolderDeps {
  readonly intake: Intake;
  /** milliseconds since 1970 */
  readonly now: () => number;
  /** keeps the places; called after the intake stored what came before them */
  readonly save: (cursor: FolderCursor) => Promise<void>;
  /** milliseconds for which a file that is read whole (packed, EVTX, a JSON document) must have stayed as it is; 5,000 by default */
  readonly stable?: number;
  /** milliseconds without a byte after which a last line without its end is taken as it is; 600,000 by default */
  readonly quiet?: number;
  readonly signal?: AbortSignal;
}

export interface FolderOutcome {
  readonly cursor: FolderCursor;
  /** of the files that gave something or could not be read */
  readonly files: readonly FileOutcome[];
  /** the folder itself can't be read, in words */
  readonly error?: string;
}

interface Look {
  readonly source: { readonly id: string; readonly organization_id: string };
  readonly deps: FolderDeps;
  readonly before: FolderCursor;
  cursor: FolderCursor;
  readonly outcomes: FileOutcome[];
}

const STABLE = 5_000;
const QUIET = 600_000;
const HOUR = 3_600_000;
const NOTHING = { records: 0, bytes: 0, misread: 0, problems: [] };

/**
 * Looks through a watched folder once and hands over what is new. Growing files are read on from where they were left, found again by device,
 * inode and beginning: so a file that was renamed by a rotation is read to its end, one that was copied and emptied is read from the start,
 * and its copy not twice. Files that have to be read whole are, once they have stayed the same for a while.
 *
 * @throws StoreUnavailable
 */
export async function scanFolder(
  source: Look['source'],
  settings: FolderSettings,
  cursor: FolderCursor,
  deps: FolderDeps,
): Promise<FolderOutcome> {
  let files: FolderFile[];
  try {
    files = await folderFiles(settings.path, settings.include);
  } catch (error) {
    return { cursor, files: [], error: folderError(settings.path, error) };
  }
  const look: Look = { source, deps, before: cursor, cursor: kept(cursor, deps.now()), outcomes: [] };
  for (const file of files) {
    if (deps.signal?.aborted === true) break;
    await readOne(look, file);
  }
  await deps.save(look.cursor);
  return { cursor: look.cursor, files: look.outcomes };
}

async function readOne(look: Look, file: FolderFile): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size === 0) return;
    const begins = Buffer.alloc(Math.min(HEAD, stats.size));
    await handle.read(begins, 0, begins.length, 0);
    const known = placeOf(look.before, file.path, stats, begins);
    const now = look.deps.now();
    const seen = `${stats.size}:${stats.mtimeMs}`;
    const longer = known === undefined || (known.headLength < HEAD && begins.length > known.headLength);
    const moved = known?.ino !== stats.ino || known.dev !== stats.dev;
    const place: FilePlace = {
      ...(known ?? { offset: 0, line: 0, origin: `file:${headOf(begins)}:${basename(file.path)}`, header: [] }),
      headLength: longer ? begins.length : known.headLength,
      head: longer ? headOf(begins) : known.head,
      dev: stats.dev,
      ino: stats.ino,
      seen,
      since: known?.seen === seen ? known.since : now,
      // Not at each look: an idle folder should write nothing.
      at: known === undefined || moved || now - known.at > HOUR ? now : known.at,
    };
    keep(look, file.path, place);
    if (place.done === seen) return;
    if (place.offset > 0 && place.done === undefined) {
      if (stats.size > place.offset) await tail(look, file.path, handle, stats.size, place);
      return;
    }
    const own = openSource({
      origin: { name: file.path, file: file.path, steps: [] },
      size: stats.size,
      modified: Math.floor(stats.mtimeMs * 1_000),
    });
    if (await growsByLines(own, begins)) await tail(look, file.path, handle, stats.size, place);
    else if (now - place.since >= (look.deps.stable ?? STABLE)) await whole(look, file.path, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    // Gone between two looks is how rotation goes; what may not be read is said.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    tell(look, file.path, error);
  } finally {
    await handle?.close();
  }
}

// Packed files, event logs, JSON documents, XML and UTF-16 are read whole; lines as they come.
async function growsByLines(source: ReturnType<typeof openSource>, begins: Buffer): Promise<boolean> {
  const packed = /^(?:\x1f\x8b\x08|\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18|PK[\x03\x05\x07])/.test(
    begins.toString('latin1', 0, 4),
  );
  if (packed) return false;
  const sniffed = await sniffSource(source);
  if (sniffed.kind === 'text')
    return (
      (sniffed.layout === 'lines' || sniffed.layout === 'json-lines') &&
      sniffed.encoding === 'utf-8' &&
      !sniffed.carriageReturns
    );
  return sniffed.kind === 'unread' && sniffed.code === 'format_unknown';
}

async function tail(look: Look, path: string, handle: FileHandle, size: number, from: FilePlace): Promise<void> {
  const { source, deps } = look;
  let place = from;
  let sum: FileOutcome = { ...NOTHING, name: path };
  const problems: Pick<Unread, 'code' | 'message' | 'mend'>[] = [];
  const tooLong = (offset: number) =>
    problems.push({
      code: 'record_too_long',
      message: `${path} holds a line of more than 16 MiB before byte ${offset}; it was left out`,
      mend: 'Look at the place in the file; a real record is never that long.',
    });
  const last = deps.now() - place.since >= (deps.quiet ?? QUIET);
  for await (const { lines, offset } of tailLines(handle, place.offset, size, last, tooLong)) {
    // The decoder of a source knows the columns only of what it saw: each portion brings them along.
    const header = place.offset === 0 ? headerOf(lines) : place.header;
    const again = place.offset === 0 ? [] : header.map((line) => Buffer.from(line, 'utf8'));
    const delivered = await deliver(
      deps.intake,
      {
        organization: source.organization_id,
        source: source.id,
        listener: 'folder',
        origin: { name: place.origin, record: Math.max(0, place.line - again.length) },
      },
      [...again, ...lines],
      deps.signal,
    );
    place = { ...place, offset, line: place.line + lines.length, header };
    keep(look, path, place);
    await deps.save(look.cursor);
    sum = {
      ...sum,
      records: sum.records + lines.length,
      bytes: sum.bytes + delivered.bytes,
      misread: sum.misread + delivered.misread,
    };
  }
  if (sum.records > 0 || problems.length > 0) look.outcomes.push({ ...sum, problems });
}

async function whole(look: Look, path: string, place: FilePlace): Promise<void> {
  const { source, deps } = look;
  for await (const found of discover([path])) {
    if ('kind' in found) {
      look.outcomes.push({
        ...NOTHING,
        name: found.file,
        problems: [{ ...found, message: `${found.file} ${found.message}` }],
      });
      continue;
    }
    const outcome = await deliverFile(deps.intake, found, {
      organization: source.organization_id,
      source: source.id,
      listener: 'folder',
      name: found.path,
      origin: `${place.origin}${found.path.slice(path.length)}`,
      ...(deps.signal === undefined ? {} : { signal: deps.signal }),
    });
    look.outcomes.push(outcome);
  }
  keep(look, path, { ...place, done: place.seen });
  await deps.save(look.cursor);
}

const MAX_HEADER = 8_192;

// W3C, Zeek and their kin begin with lines of `#`; a CSV with a line of names.
function headerOf(lines: readonly Buffer[]): string[] {
  const header: string[] = [];
  let size = 0;
  for (const line of lines) {
    const text = line.toString('utf8');
    size += text.length;
    if (!text.startsWith('#') || size > MAX_HEADER) break;
    header.push(text);
  }
  const first = lines[0]?.toString('utf8') ?? '';
  const names =
    first.length < MAX_HEADER && /^\ufeff?"?[A-Za-z][\w .()-]*"?(?:[,;\t]"?[A-Za-z][\w .()-]*"?){2,}$/.test(first);
  return header.length === 0 && names ? [first] : header;
}

function keep(look: Look, path: string, place: FilePlace): void {
  look.cursor = { files: { ...look.cursor.files, [path]: place } };
}

function tell(look: Look, path: string, error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM';
  look.outcomes.push({
    ...NOTHING,
    name: path,
    problems: [
      {
        code: denied ? 'no_permission' : 'read_failed',
        message: `${path} ${denied ? 'may not be read by Chaperone' : `could not be read (${code})`}`,
        mend: denied ? 'Let the user that Chaperone runs as read it.' : 'Check the disk.',
      },
    ],
  });
}

function folderError(path: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const name = inert(path, 200);
  if (code === 'ENOENT' || code === 'ENOTDIR') return `There is no folder ${name}. Make it, or mend the path.`;
  if (code === 'EACCES') return `The folder ${name} may not be read. Let the user that Chaperone runs as read it.`;
  return `The folder ${name} could not be read (${code}). Check the disk.`;
}
