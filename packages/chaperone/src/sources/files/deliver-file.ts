import type { Intake, Source, Unread } from '../../telemetry/index.ts';
import { deliver } from '../deliver.ts';
import { readFileRecords } from './read-file-records.ts';

/** What became of one file, or of one member of an archive. */
export interface FileOutcome {
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
  /** records that could not be decoded and were stored as they are */
  readonly misread: number;
  /** what could not be read, in words: the first 50 */
  readonly problems: readonly Pick<Unread, 'code' | 'message' | 'mend'>[];
}

export interface DeliverFile {
  readonly organization: string;
  readonly source: string;
  readonly listener: string;
  /** how the file is called for people */
  readonly name: string;
  /** what tells its records from equal ones of another file */
  readonly origin: string;
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

const MAX_PROBLEMS = 50;

/** Hands every record of a file to the intake. The same file again gives the same events. */
export async function deliverFile(intake: Intake, file: Source, about: DeliverFile): Promise<FileOutcome> {
  const problems: Pick<Unread, 'code' | 'message' | 'mend'>[] = [];
  const report = ({ code, message, mend }: Unread) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ code, message: `${about.name} ${message}`, mend });
  };
  let [records, bytes, misread] = [0, 0, 0];
  const { organization, source, listener, origin, signal } = about;
  for await (const group of readFileRecords(file, report)) {
    // Positions are of records, one after the other, whatever the file counts them by.
    const delivered = await deliver(
      intake,
      { organization, source, listener, origin: { name: origin, record: records } },
      group.map(({ text }) => Buffer.from(text, 'utf8')),
      signal,
    );
    records += delivered.records;
    bytes += delivered.bytes;
    misread += delivered.misread;
    about.onBytes?.(delivered.bytes);
  }
  return { name: about.name, records, bytes, misread, problems };
}
