import type { Io, Output } from '../src/cli/io.ts';

/** An {@link Io} that keeps what was written, with a clock and an interrupt that the test moves. */
export interface MemoryIo extends Io {
  /** what went to standard output so far */
  out(): string;
  /** what went to standard error so far */
  err(): string;
  /** presses Ctrl-C */
  interrupt(): void;
  /** moves the clock on, in milliseconds */
  wait(ms: number): void;
}

export function memoryIo({ cwd, env = {}, columns }: { cwd: string; env?: Io['env']; columns?: number }): MemoryIo {
  const written = { out: '', err: '' };
  const listeners = new Set<() => void>();
  let now = Date.parse('2026-11-25T10:00:00Z');
  const output = (key: 'out' | 'err'): Output => ({
    write(text) {
      written[key] += text;
    },
    isTTY: columns !== undefined,
    columns,
  });
  return {
    stdout: output('out'),
    stderr: output('err'),
    env,
    cwd,
    now: () => now,
    onInterrupt(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    out: () => written.out,
    err: () => written.err,
    interrupt() {
      for (const callback of listeners) callback();
    },
    wait(ms) {
      now += ms;
    },
  };
}
