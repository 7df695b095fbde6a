import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { IndicatorProblem, LoadedIndicators } from './indicator.ts';
import { readIndicators } from './load.ts';
import { IndicatorStore, IndicatorTable } from './store.ts';

/** Large enough for long rows, small enough that what a piece leaves behind is soon swept up. */
const PIECE = 1 << 18;

/** Reads indicators from a file: CSV, plain list or STIX 2.1 bundle, told by content. A file that can't be read is a problem. */
export function loadIndicatorFile(file: string): LoadedIndicators {
  const store = new IndicatorStore();
  const problems = readIndicatorFile(file, store);
  return { indicators: [...new IndicatorTable(store.pack()).all()], problems };
}

/** The same into a store, a piece of the file at a time. */
export function readIndicatorFile(file: string, store: IndicatorStore): IndicatorProblem[] {
  let opened: number | undefined;
  try {
    opened = openSync(file, 'r');
    return readIndicators(piecesOf(opened), file, store);
  } catch (error) {
    return [
      {
        code: 'INDICATORS_UNREADABLE',
        message: `The file can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`,
        mend: 'Check the path and its permissions.',
        file,
        line: 1,
      },
    ];
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function* piecesOf(opened: number): Generator<string> {
  const buffer = Buffer.alloc(PIECE);
  const decoder = new StringDecoder('utf8');
  for (let length = readSync(opened, buffer); length > 0; length = readSync(opened, buffer))
    yield decoder.write(buffer.subarray(0, length));
  const end = decoder.end();
  if (end !== '') yield end;
}
