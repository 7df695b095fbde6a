import { Readable } from 'node:stream';
import { CONTAINER_LIMITS, type ContainerLimits } from '../containers/limits.ts';
import type { Origin } from '../containers/origin.ts';
import { originBytes } from '../containers/origin-bytes.ts';
import type { Report } from '../containers/unpack.ts';

/** A source as plain data, for handing to another thread; {@link openSource} makes it one again. */
export interface SourceInfo {
  readonly origin: Origin;
  /** bytes: of the plain file, or as the archive states; packed bytes where only those are known */
  readonly size: number;
  /** microseconds since 1970 UTC: when the file, or the member of an archive, was last written */
  readonly modified: number;
}

/** Something with bytes to read: a file, or a file inside archives. */
export interface Source {
  /** for people: `logs.zip!/dc01/security.evtx` */
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  /** the real path, if this is a plain file: then it may be read at any offset, and in parts by several threads */
  readonly file?: string;
  /** real path of the file on disk that holds it, packed or not, and its size: what progress is counted in */
  readonly container: { readonly file: string; readonly packed: boolean };
  readonly info: SourceInfo;
  /** the unpacked bytes; a problem is reported and ends them. Can be called again */
  bytes(report: Report): AsyncGenerator<Buffer>;
  /** the same as a stream, which ends normally on a problem */
  open(report?: Report): Readable;
}

/** A source from its plain data. */
export function openSource(info: SourceInfo, limits: ContainerLimits = CONTAINER_LIMITS): Source {
  const { origin } = info;
  const plain = origin.steps.length === 0;
  const bytes = (report: Report) => originBytes(origin, limits, report);
  return {
    path: origin.name,
    size: info.size,
    modified: info.modified,
    ...(plain ? { file: origin.file } : {}),
    container: { file: origin.file, packed: !plain },
    info,
    bytes,
    open: (report = () => {}) => Readable.from(bytes(report), { objectMode: false }),
  };
}
