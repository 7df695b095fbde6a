type Code =
  | 'target_not_empty'
  | 'data_folder_not_empty'
  | 'event_store_not_empty'
  | 'no_backup'
  | 'backup_is_newer'
  | 'backup_broken';

/** A backup can't be made or used; says why and what to do. */
export class BackupError extends Error {
  readonly code: Code;
  readonly mend: string;

  constructor(code: Code, message: string, mend: string) {
    super(`${message} ${mend}`);
    this.name = 'BackupError';
    this.code = code;
    this.mend = mend;
  }
}
