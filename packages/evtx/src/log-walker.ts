import { crc32 } from 'node:zlib';
import {
  CHUNK_HEAD,
  CHUNK_SIZE,
  FILE_HEAD,
  isChunkHead,
  isFileHead,
  isZero,
  MIN_RECORD,
  RECORD_MARK,
} from './format.ts';
import { DamagedRecord, type EvtxIssue, type EvtxIssueCode, mendFor } from './issue.ts';
import type { EvtxHandlers, EvtxOptions, EvtxSummary } from './reading.ts';
import { RecordCursor } from './record-cursor.ts';
import { MAX_GAP, missing, nextRecord, recordIdAt, sizeAt } from './record-search.ts';

/** Walks chunks as they are handed over, in any order. Trusts nothing that a chunk says about itself without need. */
export class LogWalker {
  readonly cursor = new RecordCursor();
  bytes = 0;
  readonly #file: string;
  readonly #handlers: EvtxHandlers;
  readonly #carve: boolean;
  readonly #checksums: boolean;
  #chunks = 0;
  #records = 0;
  #unread = 0;
  #carved = 0;
  #uncarved = 0;
  #issues = 0;
  aborted = false;

  constructor(file: string, handlers: EvtxHandlers, options: EvtxOptions) {
    this.#file = options.name ?? file;
    this.#handlers = handlers;
    this.#carve = options.carve ?? false;
    this.#checksums = options.checksums ?? true;
  }

  summary(): EvtxSummary {
    return {
      file: this.#file,
      bytes: this.bytes,
      chunks: this.#chunks,
      records: this.#records,
      unread: this.#unread,
      carved: this.#carved,
      uncarved: this.#uncarved,
      issues: this.#issues,
      aborted: this.aborted,
    };
  }

  issue(code: EvtxIssueCode, message: string, place: Partial<EvtxIssue> = {}): void {
    this.#issues++;
    const records = place.records ?? 0;
    this.#unread += records;
    this.#handlers.onIssue?.({ code, message, mend: mendFor(code), file: this.#file, ...place, records });
  }

  progress(bytes: number): void {
    this.bytes = bytes;
    this.#handlers.onProgress?.(bytes);
  }

  /** Looks at the file's first bytes. False: this is no event log and nothing more can be read. */
  fileHead(bytes: Buffer, length: number): boolean {
    if (length === 0) {
      this.issue('empty-file', 'The file is empty.', { stop: true });
      return false;
    }
    const good = length >= 128 && isFileHead(bytes, 0);
    if (good) {
      const flags = bytes.readUInt32LE(120);
      // bit 1 of the flags says that no checksums are kept
      if (this.#checksums && !(flags & 2) && crc32(bytes.subarray(0, 120)) !== bytes.readUInt32LE(124)) {
        this.issue('file-checksum', 'The checksum of the file header does not match.', { offset: 124 });
      }
      if (length < FILE_HEAD) {
        this.issue('chunk-truncated', 'The file ends inside its header.', { offset: length });
        return false;
      }
      return true;
    }
    for (let at = FILE_HEAD; at + CHUNK_HEAD <= length; at += CHUNK_SIZE) {
      if (!isChunkHead(bytes, at)) continue;
      this.issue('file-header', 'The file header is damaged; the chunks are read all the same.', { offset: 0 });
      return true;
    }
    this.issue('not-evtx', 'This is not a Windows event log.', { offset: 0, stop: true });
    return false;
  }

  /**
   * Walks one chunk that lies at `base` in the buffer.
   *
   * @param length its bytes, fewer than 65,536 where the file ends in it
   * @param offset where it lies in the file
   */
  chunk(bytes: Buffer, base: number, length: number, index: number, offset: number): void {
    const limit = base + length;
    const place = { chunk: index, offset };
    this.cursor.setBuffer(bytes);
    this.cursor.setChunk(base, limit, index);
    if (length < CHUNK_HEAD) {
      if (length > 0 && !isZero(bytes, base, limit)) {
        this.issue('chunk-truncated', 'The file ends inside the header of a chunk.', place);
      }
      return;
    }
    if (!isChunkHead(bytes, base)) {
      if (isZero(bytes, base, base + CHUNK_HEAD)) {
        // space that the log has not used yet, or that was cleared
        if (this.#carve) this.#carveFrom(base + CHUNK_HEAD, limit, base, offset);
        return;
      }
      this.issue('chunk-header', 'The header of a chunk is damaged; its records are looked for.', place);
      this.#chunks++;
      this.#walk(base + CHUNK_HEAD, limit, limit, base, offset, index, 0, -1);
      return;
    }
    this.#chunks++;
    const view = this.cursor.view;
    const free = view.getUint32(base + 48, true);
    const known = free >= CHUNK_HEAD && free <= CHUNK_SIZE;
    if (length < CHUNK_SIZE) {
      this.issue('chunk-truncated', `The file ends in a chunk: ${CHUNK_SIZE - length} bytes are missing.`, place);
    } else if (this.#checksums) this.#verify(bytes, base, known ? free : 0, place);
    const first = recordIdAt(view, base + 24);
    const last = recordIdAt(view, base + 32);
    const claims = last >= first && last - first <= MAX_GAP;
    // An offset right after the header means an empty chunk, unless the ids say that it has records.
    const trusted = known && !(free === CHUNK_HEAD && claims) ? Math.min(base + free, limit) : limit;
    this.#walk(base + CHUNK_HEAD, trusted, limit, base, offset, index, claims ? first : 0, claims ? last : -1);
  }

  #verify(bytes: Buffer, base: number, free: number, place: Partial<EvtxIssue>): void {
    if (bytes[base + 120] & 2) return;
    const head = crc32(bytes.subarray(base + 128, base + CHUNK_HEAD), crc32(bytes.subarray(base, base + 120)));
    if (head !== bytes.readUInt32LE(base + 124)) {
      this.issue('chunk-header-checksum', 'The checksum of a chunk header does not match.', place);
    }
    if (free === 0) return;
    if (crc32(bytes.subarray(base + CHUNK_HEAD, base + free)) !== bytes.readUInt32LE(base + 52)) {
      this.issue('chunk-checksum', 'The checksum of the records of a chunk does not match.', place);
    }
  }

  /**
   * Reads records one after the other. Up to `trusted` they are live by the chunk's word. Beyond it, a record counts as
   * live if its id follows the last one's: the header of a log in use lags behind. What else lies there is slack.
   *
   * @param first the first record's id by the chunk's word
   * @param last the last record's id by the chunk's word, -1 where that can't be right
   */
  #walk(
    start: number,
    trusted: number,
    limit: number,
    base: number,
    offset: number,
    index: number,
    first: number,
    last: number,
  ): void {
    const truncated = limit - base < CHUNK_SIZE;
    const view = this.cursor.view;
    const shift = offset - base;
    let at = start;
    let previous = -1;
    while (at + MIN_RECORD <= limit) {
      const size = sizeAt(view, at, limit);
      if (size > 0) {
        const record = recordIdAt(view, at + 8);
        if (at >= trusted && record !== previous + 1) break;
        this.#record(at, size, at + shift);
        previous = record;
        at += size;
        continue;
      }
      if (at >= trusted) break;
      const next = nextRecord(this.cursor.bytes, view, at + 4, trusted, limit, previous);
      if (next < 0) {
        // what a cut file lacks is counted once, below
        if (!truncated) this.#rest(at, trusted, shift, index, missing(previous, first, last));
        at = trusted;
        break;
      }
      const found = recordIdAt(view, next + 8);
      const gap = previous >= 0 && found > previous ? found - previous - 1 : 1;
      this.issue('record-header', 'The header of a record is damaged; reading goes on with the next record.', {
        chunk: index,
        offset: at + shift,
        ...(previous >= 0 ? { record: previous + 1 } : {}),
        records: Math.max(1, gap),
      });
      at = next;
    }
    if (truncated && missing(previous, first, last) > 0) {
      this.issue('chunk-truncated', 'The last records of the log are missing.', {
        chunk: index,
        offset: limit + shift,
        record: previous < 0 ? first : previous + 1,
        records: missing(previous, first, last),
      });
    }
    if (this.#carve) this.#carveFrom(at, limit, base, offset);
  }

  /** Tells of space that should hold records and doesn't, unless it is empty and none is missing. */
  #rest(at: number, trusted: number, shift: number, index: number, missing: number): void {
    if (missing === 0 && isZero(this.cursor.bytes, at, trusted)) return;
    this.issue('record-header', 'No record can be found in the rest of a chunk.', {
      chunk: index,
      offset: at + shift,
      records: Math.max(missing, 1),
    });
  }

  #record(at: number, size: number, offset: number): void {
    const cursor = this.cursor;
    try {
      cursor.load(at, size, offset);
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      this.issue(error.code, error.message, {
        chunk: cursor.chunk,
        record: cursor.recordId,
        offset,
        records: 1,
      });
      return;
    }
    this.#records++;
    this.#handlers.onRecord(cursor);
  }

  /** Looks for whole records in space that no live record uses; those that can't be decoded were half overwritten. */
  #carveFrom(from: number, limit: number, base: number, offset: number): void {
    const { cursor } = this;
    const { view } = cursor;
    const space = cursor.bytes.subarray(0, limit);
    cursor.carved = true;
    for (let at = from; ; ) {
      at = space.indexOf(RECORD_MARK, at);
      if (at < 0 || at + MIN_RECORD > limit) break;
      const size = view.getUint32(at + 4, true);
      if (size < MIN_RECORD || size > limit - at || view.getUint32(at + size - 4, true) !== size) {
        at += 4;
        continue;
      }
      try {
        cursor.load(at, size, offset + at - base);
      } catch (error) {
        if (!(error instanceof DamagedRecord)) throw error;
        this.#uncarved++;
        at += 4;
        continue;
      }
      this.#carved++;
      this.#handlers.onRecord(cursor);
      at += size;
    }
    cursor.carved = false;
  }
}
