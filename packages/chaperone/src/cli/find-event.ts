import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type RecordCursor, readStream } from '@chaperone/evtx';
import {
  discover,
  type EventClass,
  type LogEvent,
  readText,
  type Source,
  sniffSource,
  type Unread,
  windowsClass,
} from '../telemetry/index.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

/** One event named on the command line: `FILE#RECORD` or `FILE:LINE`, or a file that holds just one. */
export interface EventPlace {
  readonly file: string;
  readonly record: number | undefined;
}

/** Reads a place as the user wrote it; a file whose own name ends in `#17` is found too. */
export async function parsePlace(text: string, { cwd }: Io): Promise<EventPlace> {
  const exists = await access(resolve(cwd, text)).then(
    () => true,
    () => false,
  );
  if (exists) return { file: text, record: undefined };
  const parts = /^(.+)[#:](\d{1,15})$/s.exec(text);
  return parts === null ? { file: text, record: undefined } : { file: parts[1], record: Number(parts[2]) };
}

/**
 * Decodes the file as a scan would and calls back with the event, which is valid only during the call. Inside archives the
 * file is named as a report names it: `logs.zip!/dc01/security.evtx`.
 *
 * @returns false when the file is of no format that we know
 * @throws {UsageError} when it can't be read, or doesn't hold the record
 */
export async function findEvent(
  { file, record }: EventPlace,
  { zone, io }: { zone?: string; io: Io },
  visit: (event: LogEvent) => void,
): Promise<boolean> {
  const outer = file.split('!/')[0];
  const wanted = resolve(io.cwd, outer) + file.slice(outer.length);
  let problem: Unread | undefined;
  for await (const source of discover([resolve(io.cwd, outer)])) {
    if ('kind' in source) {
      problem ??= source;
      continue;
    }
    if (source.path !== wanted && file !== outer) continue;
    const count = await read(source, { record, zone }, visit);
    if (count === undefined) return false;
    if (count.found) return true;
    if (record !== undefined)
      throw new UsageError(
        `${file} holds no record ${record}`,
        `It holds ${count.records}. Text counts lines from 1, EVTX its own record ids.`,
      );
    throw new UsageError(
      count.records === 0 ? `${file} holds no event that can be read` : `${file} holds ${count.records} events`,
      'Name one: FILE#RECORD, with the line number or the EVTX record id.',
    );
  }
  if (problem !== undefined) throw new UsageError(`${problem.file} ${problem.message}`, problem.mend);
  throw new UsageError(
    `${file}: there is no such file in there`,
    'Name it as a report does: archive.zip!/folder/file.',
  );
}

interface Wanted {
  readonly record: number | undefined;
  readonly zone: string | undefined;
}

async function read(
  source: Source,
  { record, zone }: Wanted,
  visit: (event: LogEvent) => void,
): Promise<{ found: boolean; records: number } | undefined> {
  const sniffed = await sniffSource(source);
  if (sniffed.kind === 'unread') {
    if (sniffed.code === 'format_unknown') return undefined;
    throw new UsageError(`${sniffed.file} ${sniffed.message}`, sniffed.mend);
  }
  const pass = async (onEvent: (event: LogEvent) => void, signal?: AbortSignal): Promise<void> => {
    if (sniffed.kind === 'text') await readText(source, sniffed, { onEvent, onUnread: () => {} }, { zone, signal });
    else {
      const onRecord = (cursor: RecordCursor) => onEvent(eventAt(cursor, source.path));
      await readStream(source.open(), { onRecord }, { name: source.path, signal });
    }
  };
  let only = record;
  let records = 0;
  // A file of one event needs no number; whether it is one shows only at its end
  if (only === undefined) {
    await pass((event) => {
      only ??= event.place.record;
      records++;
    });
    if (records !== 1) return { found: false, records };
    records = 0;
  }
  let found = false;
  const stop = new AbortController();
  await pass((event) => {
    records++;
    if (found || event.place.record !== only) return;
    found = true;
    visit(event);
    stop.abort();
  }, stop.signal);
  return { found, records };
}

/** An EVTX record as a log event, with its class settled and the fields that the class derives. */
function eventAt(cursor: RecordCursor, file: string): LogEvent {
  const text = (field: string) => {
    const value = cursor.get(field);
    return value === undefined || value === null ? '' : String(value);
  };
  const base = windowsClass(
    text('Provider_Name') || text('Provider_EventSourceName'),
    text('Channel'),
    Number(text('EventID')) | 0,
  );
  const settled: EventClass = base.refine === undefined ? base : base.refine.by(cursor.get(base.refine.field));
  const time = cursor.timeCreated();
  return {
    class: settled,
    time: Number.isNaN(time) ? undefined : time,
    place: { file, record: cursor.recordId, offset: cursor.offset },
    get(field) {
      const value = cursor.get(field);
      if (value !== undefined || settled.derived === undefined || !Object.hasOwn(settled.derived, field)) return value;
      const { from, make } = settled.derived[field];
      return make(from.map((name) => cursor.get(name)));
    },
    values: (visit) => cursor.values(visit),
    fields: () => cursor.event() as unknown as Readonly<Record<string, unknown>>,
    raw: () => cursor.xml(),
  };
}
