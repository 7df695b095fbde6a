export type * from './finding.ts';
export { ScanInputError, type ScanOptions, type ScanProgress, scan } from './scan.ts';
export type * from './scan-result.ts';
