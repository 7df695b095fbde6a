import type { UnreadCode } from '../unread.ts';

/** What a framer tells: records in order, and what was no record. */
export interface FrameHandlers {
  /** one record's text; `offset` in bytes of the (UTF-8) text */
  onRecord(text: string, record: number, offset: number): void;
  onProblem(code: UnreadCode, message: string, record: number, offset: number): void;
}

/** Cuts bytes into records: fed chunk by chunk, synchronously, holding no more than one record. */
export interface Framer {
  feed(chunk: Buffer): void;
  end(): void;
}
