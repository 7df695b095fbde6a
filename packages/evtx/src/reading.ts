import type { EvtxIssue } from './issue.ts';
import type { RecordCursor } from './record-cursor.ts';

/** What the reader tells of while it reads. The cursor is the same object each time: take what must outlive the call. */
export interface EvtxHandlers {
  onRecord(cursor: RecordCursor): void;
  onIssue?(issue: EvtxIssue): void;
  /** after each chunk: bytes of the file done with */
  onProgress?(bytes: number): void;
}

export interface EvtxOptions {
  /** the name under which issues speak of the file; the path by default */
  readonly name?: string;
  /** first chunk to read, from 0: with `toChunk`, several readers share one file */
  readonly fromChunk?: number;
  /** chunk before which to stop */
  readonly toChunk?: number;
  /** also looks for old records in the space that no record uses (`cursor.carved`) */
  readonly carve?: boolean;
  /** stops between blocks of chunks */
  readonly signal?: AbortSignal;
  /** whether checksums are compared; true by default */
  readonly checksums?: boolean;
}

/** What became of a file. Every record is in `records` or in `unread`; carved ones are counted apart. */
export interface EvtxSummary {
  readonly file: string;
  readonly bytes: number;
  /** chunks that hold records */
  readonly chunks: number;
  readonly records: number;
  readonly unread: number;
  readonly carved: number;
  /** whole records in unused space that can't be told any more, since their template was overwritten */
  readonly uncarved: number;
  readonly issues: number;
  /** whether the signal stopped it */
  readonly aborted: boolean;
}
