/** Stable codes of what can be wrong with a log. */
export type EvtxIssueCode =
  | 'unreadable-file'
  | 'empty-file'
  | 'not-evtx'
  | 'file-header'
  | 'file-checksum'
  | 'chunk-header'
  | 'chunk-header-checksum'
  | 'chunk-checksum'
  | 'chunk-truncated'
  | 'record-header'
  | 'record-damaged'
  | 'record-too-complex';

/** Something that could not be read, or is not as it should be, with its place. Reading goes on unless `stop`. */
export interface EvtxIssue {
  readonly code: EvtxIssueCode;
  readonly message: string;
  /** what the reader of the message can do */
  readonly mend: string;
  readonly file: string;
  /** index of the chunk in the file, from 0 */
  readonly chunk?: number;
  /** record id, where known */
  readonly record?: number;
  /** byte offset in the file */
  readonly offset?: number;
  /** records known to be lost by it; 0 where everything was still read */
  readonly records: number;
  /** true: nothing more is read from this file */
  readonly stop?: boolean;
}

const MENDS: Record<EvtxIssueCode, string> = {
  'unreadable-file': 'Check that the file exists, is no folder and may be read by this user.',
  'empty-file': 'Export the log again: the file holds no bytes.',
  'not-evtx': 'Give a Windows event log (.evtx); an older .evt must be converted with wevtutil first.',
  'file-header': 'Nothing, if the records suffice; the header was not needed. Otherwise export the log again.',
  'file-checksum': 'Nothing, if the log was copied while in use. Otherwise compare with another copy: it was changed.',
  'chunk-header': 'Look for another copy of the log: these 64 KiB were overwritten. Carving may find records in them.',
  'chunk-header-checksum': 'Nothing, if the log was copied while in use. Otherwise compare with another copy.',
  'chunk-checksum': 'Nothing, if the log was copied while in use. Otherwise compare with another copy: it was changed.',
  'chunk-truncated': 'Copy the file again: its end is missing.',
  'record-header': 'Look for another copy of the log: bytes between two records were overwritten.',
  'record-damaged': 'Look for another copy of the log: the record is there but its content was overwritten.',
  'record-too-complex': 'Examine the record by hand: it nests deeper or refers to more than any real event does.',
};

export function mendFor(code: EvtxIssueCode): string {
  return MENDS[code];
}

/** Inside the package only: why one record can't be decoded. Caught where records are walked, and made an issue. */
export class DamagedRecord extends Error {
  readonly code: 'record-damaged' | 'record-too-complex';
  /** offset in the buffer where it was noticed */
  readonly at: number;

  constructor(message: string, at: number, code: 'record-damaged' | 'record-too-complex' = 'record-damaged') {
    super(message);
    this.code = code;
    this.at = at;
  }
}
