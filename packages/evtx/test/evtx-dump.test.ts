import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readFileSync as readLog } from '../src/index.ts';
import { differences } from '../testkit/index.ts';
import { corpusFiles, hasCorpus } from './corpus.ts';

/** Path of evtx_dump (`cargo install evtx`): a second opinion where it is there, never a must. */
const peer = process.env.EVTX_DUMP;

describe.skipIf(peer === undefined || !hasCorpus)('against evtx_dump (EVTX_DUMP)', () => {
  it('every event of the corpus is the same, but for 64-bit numbers that JSON can not hold', {
    timeout: 300_000,
  }, () => {
    const found: unknown[] = [];
    let compared = 0;
    for (const path of [...corpusFiles('evtx-attack-samples', '.evtx'), ...corpusFiles('sigma-regression', '.evtx')]) {
      const lines = execFileSync(peer as string, ['-t', '1', '-o', 'jsonl', path], {
        maxBuffer: 1 << 28,
        encoding: 'utf8',
      });
      const theirs = new Map<number, unknown[]>();
      for (const line of lines.split('\n').filter((text) => text !== '')) {
        const event = JSON.parse(line);
        const id = event.Event.System.EventRecordID;
        theirs.set(id, [...(theirs.get(id) ?? []), event]);
      }
      readLog(path, {
        onRecord: (cursor) => {
          compared++;
          const other = theirs.get(cursor.get('EventRecordID') as number)?.shift();
          found.push(...differences(cursor.event(), other).map((each) => ({ path, each })));
        },
      });
    }
    expect(found).toEqual([]);
    expect(compared).toBe(8367);
  });
});
