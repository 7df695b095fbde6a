import type { Level } from '@chaperone/sigma';
import type { ScanResult } from '../detection/index.ts';
import type { ProgressState } from './terminal/progress.ts';

export interface ScanOptions {
  paths: string[];
  rules: string[];
  builtinRules: boolean;
  registry?: string;
  indicators: string[];
  since?: number;
  until?: number;
  level: Level;
  workers?: number;
  out: string;
  zone?: string;
  mapping?: string[];
  pipelines?: string[];
  carve?: boolean;
  onProgress?(state: ProgressState): void;
  signal?: AbortSignal;
}
export type Scan = (options: ScanOptions) => Promise<ScanResult>;

/** The engine, loaded when a scan begins: help and usage errors answer at once. */
export async function loadScan(): Promise<Scan> {
  const detection = (await import('../detection/index.ts')) as unknown as { scan: Scan };
  return detection.scan;
}
