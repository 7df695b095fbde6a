import type { ScanOptions, ScanResult } from '../detection/index.ts';

export type { ScanOptions } from '../detection/index.ts';

export type Scan = (options: ScanOptions) => Promise<ScanResult>;

/** The engine, loaded when a scan begins: help and usage errors answer at once. */
export async function loadScan(): Promise<Scan> {
  return (await import('../detection/index.ts')).scan;
}
