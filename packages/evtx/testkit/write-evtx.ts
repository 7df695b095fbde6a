import { closeSync, openSync, writeSync } from 'node:fs';
import { FILE_HEAD } from '../src/format.ts';
import { ChunkWriter } from './chunk-writer.ts';
import { type EventSpec, eventBody } from './event-body.ts';
import { fileHead } from './file-head.ts';
import { toFileTime } from './values.ts';
import type { Fragment, Instance } from './xml-element.ts';

/** A record given as it shall be written, for shapes that an `EventSpec` can't say. */
export interface RawRecord {
  readonly body: Instance | Fragment;
  /** microseconds since 1970, or a date */
  readonly time: number | Date;
  readonly recordId?: number;
}

export type Writable = EventSpec | RawRecord;

/** Writes events as an event log file that Windows and every reader takes. */
export function writeEvtx(events: Iterable<Writable>): Uint8Array {
  const chunks: Buffer[] = [];
  const writer = new EvtxWriter((chunk) => chunks.push(chunk));
  for (const event of events) writer.add(event);
  const head = writer.finish();
  return Buffer.concat([head, ...chunks]);
}

/** Writes a log to a file, chunk by chunk, so that memory doesn't grow with it. */
export async function writeEvtxFile(
  path: string,
  events: Iterable<Writable> | AsyncIterable<Writable>,
): Promise<{ records: number; bytes: number }> {
  const file = openSync(path, 'w');
  let bytes = FILE_HEAD;
  try {
    writeSync(file, Buffer.alloc(FILE_HEAD));
    const writer = new EvtxWriter((chunk) => {
      bytes += writeSync(file, chunk);
    });
    for await (const event of events) writer.add(event);
    writeSync(file, writer.finish(), 0, FILE_HEAD, 0);
    return { records: writer.records, bytes };
  } finally {
    closeSync(file);
  }
}

/** Takes events and hands over chunks as they fill; `finish` gives the file's header, which stands before them. */
export class EvtxWriter {
  records = 0;
  #chunk = new ChunkWriter();
  #chunks = 0;
  #next = 1;
  readonly #take: (chunk: Buffer) => void;

  constructor(take: (chunk: Buffer) => void) {
    this.#take = take;
  }

  add(event: Writable): void {
    const id = event.recordId ?? this.#next;
    const raw = 'body' in event;
    const body = raw ? event.body : eventBody(event, id);
    const ticks = toFileTime(raw ? event.time : (event.written ?? event.time));
    if (!this.#chunk.add(id, ticks, body)) {
      if (this.#chunk.records === 0) throw new TypeError('The event is larger than a chunk of 64 KiB.');
      this.#flush();
      if (!this.#chunk.add(id, ticks, body)) throw new TypeError('The event is larger than a chunk of 64 KiB.');
    }
    this.#next = id + 1;
    this.records++;
  }

  finish(): Buffer {
    if (this.#chunk.records > 0) this.#flush();
    return fileHead(this.#chunks, this.#next);
  }

  #flush(): void {
    this.#take(this.#chunk.finish());
    this.#chunks++;
    this.#chunk = new ChunkWriter();
  }
}
