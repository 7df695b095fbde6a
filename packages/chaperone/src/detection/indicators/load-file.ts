import { readFileSync, statSync } from 'node:fs';
import type { LoadedIndicators } from './indicator.ts';
import { loadIndicators, MAX_BYTES } from './load.ts';

/** Reads indicators from a file: CSV, plain list or STIX 2.1 bundle, told by content. A file that can't be read is a problem. */
export function loadIndicatorFile(file: string): LoadedIndicators {
  try {
    if (statSync(file).size > MAX_BYTES)
      return failed(file, 'INDICATORS_TOO_LARGE', `The file is larger than ${MAX_BYTES / 1e6} MB.`, 'Split it.');
    return loadIndicators(readFileSync(file, 'utf8'), file);
  } catch (error) {
    return failed(
      file,
      'INDICATORS_UNREADABLE',
      `The file can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`,
      'Check the path and its permissions.',
    );
  }
}

function failed(
  file: string,
  code: 'INDICATORS_TOO_LARGE' | 'INDICATORS_UNREADABLE',
  message: string,
  mend: string,
): LoadedIndicators {
  return { indicators: [], problems: [{ code, message, mend, file, line: 1 }] };
}
