import { createReadStream, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type RecordCursor, readBuffer, readFile, readFileSync as readLog, readStream } from '../src/index.ts';
import { corpusFiles, describeCorpus } from './corpus.ts';

type Members = Record<string, unknown>;

describeCorpus('the 277 files of recorded attacks', () => {
  const files = corpusFiles('evtx-attack-samples', '.evtx');

  it('are read with every record accounted for, and compiled access gives what the whole event shows', () => {
    let records = 0;
    let unread = 0;
    let compared = 0;
    const wrong: unknown[] = [];
    for (const path of files) {
      const summary = readLog(path, {
        onRecord: (cursor) => {
          expect(cursor.layout, 'every one of them has templates').toBeDefined();
          compared += compare(cursor, (field, got, want) => wrong.push({ path, field, got, want }));
        },
        onIssue: (issue) => wrong.push(issue),
      });
      records += summary.records;
      unread += summary.unread;
    }
    expect(wrong).toEqual([]);
    expect({ files: files.length, records, unread }).toEqual({ files: 277, records: 8255, unread: 0 });
    expect(compared).toBeGreaterThan(200_000);
  });

  it('come out the same from a file, a buffer and a stream', async () => {
    for (const path of files.filter((_, index) => index % 12 === 0)) {
      const seen = (log: string[]) => ({
        onRecord: (cursor: RecordCursor) => void log.push(`${cursor.offset} ${cursor.recordId} ${cursor.xml()}`),
      });
      const [bySync, byFile, byBuffer, byStream]: string[][] = [[], [], [], []];
      readLog(path, seen(bySync));
      await readFile(path, seen(byFile));
      readBuffer(readFileSync(path), seen(byBuffer));
      await readStream(createReadStream(path, { highWaterMark: 10_007 }), seen(byStream));
      expect(byFile).toEqual(bySync);
      expect(byBuffer).toEqual(bySync);
      expect(byStream).toEqual(bySync);
    }
  });
});

/** Compares all that the whole event holds with what the fields say; gives how many values were compared. */
function compare(cursor: RecordCursor, tell: (field: string, got: unknown, want: unknown) => void): number {
  let compared = 0;
  const check = (field: string, shown: unknown) => {
    const want =
      shown !== null && typeof shown === 'object' && !Array.isArray(shown) ? (shown as Members)['#text'] : shown;
    const got = cursor.get(field);
    compared++;
    if (JSON.stringify(got) !== JSON.stringify(want ?? undefined)) tell(field, got, want);
  };
  const { System, EventData, UserData } = (cursor.event() as { Event: Record<string, Members | null> }).Event;
  for (const [name, value] of Object.entries(EventData ?? {})) {
    if (name === '#attributes') continue;
    check(name, value);
    check(`Event.EventData.${name}`, value);
  }
  for (const [name, value] of Object.entries(System ?? {})) {
    check(`Event.System.${name}`, value);
    const attributes = (value as Members | null)?.['#attributes'] as Members | undefined;
    for (const [attribute, text] of Object.entries(attributes ?? {})) check(`${name}_${attribute}`, text);
  }
  for (const outer of Object.values(UserData ?? {})) {
    for (const [name, value] of Object.entries(outer as Members)) if (name !== '#attributes') check(name, value);
  }
  return compared;
}
