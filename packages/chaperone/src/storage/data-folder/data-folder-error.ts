type Code = 'data_folder_in_use' | 'data_folder_half_restored' | 'master_key_broken' | 'master_key_other';

/** The data folder can't be used as it is; says why and what to do. */
export class DataFolderError extends Error {
  readonly code: Code;
  readonly mend: string;

  constructor(code: Code, message: string, mend: string) {
    super(`${message} ${mend}`);
    this.name = 'DataFolderError';
    this.code = code;
    this.mend = mend;
  }
}
