/** Why an output could not be written, with the file and the mend. */
export class ReportError extends Error {
  readonly code: 'disk_full' | 'no_permission' | 'not_a_folder' | 'foreign_folder' | 'broken_findings' | 'write_failed';
  readonly file: string;
  readonly mend: string;

  constructor(code: ReportError['code'], file: string, message: string, mend: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ReportError';
    this.code = code;
    this.file = file;
    this.mend = mend;
  }

  /** Puts a failure of the file system into words. */
  static from(error: unknown, file: string): ReportError {
    if (error instanceof ReportError) return error;
    const code = (error as NodeJS.ErrnoException)?.code;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
      return new ReportError(
        'disk_full',
        file,
        `${file} could not be written: the disk (or your quota) is full`,
        'Free some space, or give another folder with --out. The logs are untouched; scan again.',
        error,
      );
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT')
      return new ReportError(
        'no_permission',
        file,
        `${file} could not be written: ${code === 'ENOENT' ? 'nothing can be made there' : 'no permission'}`,
        'Give a folder that you may write to with --out.',
        error,
      );
    if (code === 'ENOTDIR' || code === 'EEXIST')
      return new ReportError(
        'not_a_folder',
        file,
        `${file} could not be written: a part of its path is a file, not a folder`,
        'Give another folder with --out.',
        error,
      );
    const reason = error instanceof Error ? error.message : String(error);
    return new ReportError(
      'write_failed',
      file,
      `${file} could not be written: ${reason}`,
      'See the reason; then scan again.',
      error,
    );
  }
}
