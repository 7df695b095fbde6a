import { statSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import type { IndicatorProblem } from './indicator.ts';
import { readIndicatorFile } from './load-file.ts';
import { IndicatorStore, type PackedIndicators } from './store.ts';

export interface ReadIndicators {
  readonly packed: PackedIndicators;
  readonly problems: readonly IndicatorProblem[];
}

/** Above this, in bytes, a thread of its own reads: what reading leaves behind on its heap goes with it. */
const LARGE = 4_000_000;

/** Reads indicators from files into one packed store. Problems name file and line. */
export async function readIndicatorFiles(files: readonly string[]): Promise<ReadIndicators> {
  if (!isMainThread || sizeOf(files) < LARGE) return readHere(files);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), { workerData: files });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code !== 0) reject(new Error(`Reading indicators ended with code ${code}.`));
    });
  });
}

/** The same in this thread. */
export function readHere(files: readonly string[]): ReadIndicators {
  const store = new IndicatorStore();
  const problems = files.flatMap((file) => readIndicatorFile(file, store));
  return { packed: store.pack(), problems };
}

// A file that isn't there is told of by who reads it.
function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}
