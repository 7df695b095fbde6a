export type { EventObject } from './event-object.ts';
export type { EvtxIssue, EvtxIssue as Issue, EvtxIssueCode } from './issue.ts';
export type { Layout, Leaf, LeafKind } from './layout.ts';
export type { EvtxHandlers, EvtxOptions, EvtxSummary } from './log-walker.ts';
export { readBuffer } from './read-buffer.ts';
export { chunkCount, readFile, readFileSync } from './read-file.ts';
export { readStream } from './read-stream.ts';
export type { RecordCursor } from './record-cursor.ts';
export { ARRAY, ValueType } from './value-type.ts';
