import { readStream } from '@chaperone/evtx';
import { type FramedRecord, frameRecords, type Source, sniffSource, type Unread } from '../../telemetry/index.ts';

/** Lines of text in no format that is known: they are kept as they are, and their source tells of them. */
const PLAIN = { encoding: 'utf-8', mark: 0, layout: 'lines', carriageReturns: false, containers: [] } as const;

/**
 * Every record of a source as text that the live decoder reads by itself: lines, JSON objects, XML elements; each record of a Windows event
 * log as the XML in which Windows shows it. Bounded: no more than one piece of the file is held.
 */
export async function* readFileRecords(
  source: Source,
  report: (problem: Unread) => void,
): AsyncGenerator<readonly FramedRecord[]> {
  const sniffed = await sniffSource(source);
  if (sniffed.kind === 'evtx') yield* readEvtx(source, report);
  else if (sniffed.kind === 'text') yield* frameRecords(source, sniffed, report);
  else if (sniffed.code === 'format_unknown') yield* frameRecords(source, PLAIN, report);
  else report(sniffed);
}

// The reader pushes, and the caller pulls: between two pieces of the log the reader waits until what it found was taken.
async function* readEvtx(source: Source, report: (problem: Unread) => void): AsyncGenerator<readonly FramedRecord[]> {
  let found: FramedRecord[] = [];
  let taken = Promise.withResolvers<void>();
  let ready = Promise.withResolvers<void>();
  let ended = false;
  async function* pieces(): AsyncGenerator<Buffer> {
    for await (const piece of source.bytes(report)) {
      yield piece;
      if (found.length === 0) continue;
      ready.resolve();
      await taken.promise;
    }
  }
  const reading = readStream(
    pieces(),
    {
      onRecord: (cursor) => found.push({ text: cursor.xml(), record: cursor.recordId }),
      onIssue: ({ code, message, mend, record: recordId, offset }) =>
        report({
          kind: 'unread',
          code,
          message,
          mend,
          file: source.path,
          ...(recordId === undefined ? {} : { record: recordId }),
          ...(offset === undefined ? {} : { offset }),
        }),
    },
    { name: source.path },
  ).finally(() => {
    ended = true;
    ready.resolve();
  });
  try {
    for (;;) {
      await ready.promise;
      const group = found;
      found = [];
      ready = Promise.withResolvers();
      if (group.length > 0) yield group;
      if (ended) break;
      const go = taken;
      taken = Promise.withResolvers();
      go.resolve();
    }
  } finally {
    taken.resolve();
  }
  await reading;
}
