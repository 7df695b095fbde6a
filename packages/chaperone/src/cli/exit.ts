/** The exit codes, the same for every command. */
export const exit = {
  clean: 0,
  /** findings at or above the level; rules with errors; a missing part in doctor */
  found: 1,
  /** nothing found, but something could not be read */
  unread: 2,
  /** wrong usage, or the output could not be written */
  usage: 3,
  /** a fault of Chaperone's own */
  fault: 70,
  /** stopped by a second Ctrl-C: 128 + SIGINT */
  killed: 130,
} as const;

/** A caller's mistake: shown without a trace, exit code 3. */
export class UsageError extends Error {
  readonly mend: string | undefined;

  constructor(message: string, mend?: string) {
    super(message);
    this.name = 'UsageError';
    this.mend = mend;
  }
}
