export type * from './finding.ts';
export type * from './scan-result.ts';
