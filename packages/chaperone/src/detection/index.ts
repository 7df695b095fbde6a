export type * from './finding.ts';
export type { LiveException } from './live/exceptions.ts';
export { type JudgedBatch, type LiveBatch, LiveEngine, type LiveSetup, type LiveSource } from './live/live-engine.ts';
export { type LiveFinding, MOST_EVENTS } from './live/live-finding.ts';
export { type MaskRule, maskWith } from './live/masking.ts';
export { ScanInputError } from './read-inputs.ts';
export { type ScanOptions, type ScanProgress, scan } from './scan.ts';
export type * from './scan-result.ts';
