export type * from './finding.ts';
export { ScanInputError } from './read-inputs.ts';
export { type ScanOptions, type ScanProgress, scan } from './scan.ts';
export type * from './scan-result.ts';
