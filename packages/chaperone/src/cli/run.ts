import { CommanderError } from 'commander';
import { inert, ReportError } from '../report/index.ts';
import { exit, UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { program } from './program.ts';

/** Runs one command line and returns the exit code. Nothing is thrown. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exit.clean;
  try {
    await program(io, (result) => {
      code = result;
    }).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

function explain(error: unknown, io: Io): number {
  // commander has already written its message
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.clean : exit.usage;
  if (error instanceof UsageError || error instanceof ReportError) {
    io.stderr.write(`chaperone: ${inertLines(error.message)}\n`);
    if (error.mend !== undefined) io.stderr.write(`  ${inertLines(error.mend)}\n`);
    return exit.usage;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`chaperone: a fault of its own, please report it:\n${inertLines(trace)}\n`);
  return exit.fault;
}

/** Lines stay lines; what is in them is made inert. */
function inertLines(text: string): string {
  return text.split('\n').map(inert).join('\n');
}
