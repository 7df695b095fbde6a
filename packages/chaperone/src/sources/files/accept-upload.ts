import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { discover, type Intake, inert, type Unread } from '../../telemetry/index.ts';
import { deliverFile, type FileOutcome } from './deliver-file.ts';

export interface UploadProgress {
  /** bytes of records handed over so far */
  readonly bytes: number;
  readonly files: number;
}

export interface UploadOptions {
  /** bytes of the upload as sent; 4 GiB by default */
  readonly maxBytes?: number;
  /** where it is kept while it is read; the system's folder for such by default */
  readonly folder?: string;
  readonly onProgress?: (progress: UploadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface UploadOutcome {
  readonly records: number;
  readonly bytes: number;
  readonly misread: number;
  readonly files: readonly FileOutcome[];
}

/** The upload is larger than what is taken. */
export class UploadTooLarge extends Error {
  readonly code = 'upload_too_large';
  readonly mend = 'Split it, or put it into a watched folder.';
}

const MAX_BYTES = 4 * 2 ** 30;

/**
 * Takes an uploaded file of any format that the scan reads, packed or not, and hands its records to the intake. It is kept in a private
 * folder while it is read and removed after. The same content again gives the same events, under whatever name.
 *
 * @throws UploadTooLarge; StoreUnavailable
 */
export async function acceptUpload(
  source: { readonly id: string; readonly organization_id: string },
  name: string,
  stream: AsyncIterable<Uint8Array>,
  intake: Intake,
  options: UploadOptions = {},
): Promise<UploadOutcome> {
  const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'chaperone-upload-'));
  try {
    const file = join(folder, 'upload');
    const hash = createHash('sha256');
    const maxBytes = options.maxBytes ?? MAX_BYTES;
    await pipeline(
      stream,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        let size = 0;
        for await (const chunk of chunks) {
          size += chunk.length;
          if (size > maxBytes)
            throw new UploadTooLarge(`The file is larger than ${Math.floor(maxBytes / 2 ** 20)} MiB.`);
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(file, { mode: 0o600 }),
      ...(options.signal === undefined ? [] : [{ signal: options.signal }]),
    );
    return await readUpload(source, inert(basename(name) || 'upload', 200), file, hash.digest('hex'), intake, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readUpload(
  source: { readonly id: string; readonly organization_id: string },
  name: string,
  file: string,
  hash: string,
  intake: Intake,
  { onProgress, signal }: UploadOptions,
): Promise<UploadOutcome> {
  const files: FileOutcome[] = [];
  let bytes = 0;
  for await (const found of discover([file])) {
    signal?.throwIfAborted();
    if ('kind' in found) {
      const called = found.file.replace(file, name);
      files.push({ name: called, records: 0, bytes: 0, misread: 0, problems: [problemOf(found, called)] });
      continue;
    }
    const called = found.path.replace(file, name);
    const outcome = await deliverFile(intake, found, {
      organization: source.organization_id,
      source: source.id,
      listener: 'upload',
      name: called,
      origin: `upload:${hash}${found.path.slice(file.length)}`,
      ...(signal === undefined ? {} : { signal }),
      onBytes: (count) => {
        bytes += count;
        onProgress?.({ bytes, files: files.length });
      },
    });
    files.push(outcome);
    onProgress?.({ bytes, files: files.length });
  }
  return {
    records: files.reduce((sum, one) => sum + one.records, 0),
    bytes,
    misread: files.reduce((sum, one) => sum + one.misread, 0),
    files,
  };
}

function problemOf({ code, message, mend }: Unread, name: string): Pick<Unread, 'code' | 'message' | 'mend'> {
  return { code, message: `${name} ${message}`, mend };
}
