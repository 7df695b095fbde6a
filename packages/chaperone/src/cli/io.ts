/** One stream that the command line writes to. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** width in columns; undefined where it isn't a terminal */
  readonly columns: number | undefined;
}

/** Everything outside that a command touches, so that tests can run one in-process. */
export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** milliseconds since 1970 */
  now(): number;
  /** calls back on Ctrl-C or SIGTERM; returns what stops listening */
  onInterrupt(callback: () => void): () => void;
}

/** Our own process. A reader that went away (`| head`) ends it quietly. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      throw error;
    });
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    now: Date.now,
    onInterrupt(callback) {
      process.on('SIGINT', callback);
      process.on('SIGTERM', callback);
      return () => {
        process.off('SIGINT', callback);
        process.off('SIGTERM', callback);
      };
    },
  };
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.isTTY === true ? stream.columns : undefined;
    },
  };
}
