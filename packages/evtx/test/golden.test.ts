import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readFileSync as readLog } from '../src/index.ts';
import { differences, jsonDocuments } from '../testkit/index.ts';
import { corpusFiles, describeCorpus } from './corpus.ts';

interface Known {
  Event: { System: { EventRecordID: number } };
}

describeCorpus('every event of the regression data, against its JSON', () => {
  it('agrees field by field', () => {
    const found: unknown[] = [];
    let compared = 0;
    for (const path of corpusFiles('sigma-regression', '.json')) {
      const expected = jsonDocuments(readFileSync(path, 'utf8')) as Known[];
      const events = new Map<number, unknown>();
      readLog(path.replace(/\.json$/, '.evtx'), {
        onRecord: (cursor) => void events.set(cursor.get('EventRecordID') as number, cursor.event()),
      });
      expect(events.size, path).toBe(expected.length);
      for (const event of expected) {
        compared++;
        found.push(...differences(events.get(event.Event.System.EventRecordID), event).map((each) => ({ path, each })));
      }
    }
    expect(found).toEqual([]);
    expect(compared).toBe(112);
  });
});
