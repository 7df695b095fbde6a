import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isZone } from '../../report/index.ts';
import { loadScan, type Scan } from '../engine.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { showProgress } from '../terminal/progress.ts';

/** `chaperone registry propose`: the registry that logs suggest, on standard output. Findings are thrown away. */
export async function registryPropose(
  paths: string[],
  { zone }: { zone?: string },
  io: Io,
  load: () => Promise<Scan> = loadScan,
): Promise<number> {
  if (zone !== undefined && !isZone(zone))
    throw new UsageError(
      `"${zone}" is no time zone that this machine knows`,
      'Give an IANA name such as Europe/Zurich.',
    );
  const out = await mkdtemp(join(tmpdir(), 'chaperone-propose-'));
  const progress = showProgress(io);
  const stop = new AbortController();
  const forget = io.onInterrupt(() => (stop.signal.aborted ? process.exit(exit.killed) : stop.abort()));
  try {
    const run = await load();
    const { proposal, summary } = await run({
      paths: paths.map((path) => resolve(io.cwd, path)),
      rules: [],
      builtinRules: false,
      indicators: [],
      level: 'medium',
      out,
      zone,
      signal: stop.signal,
      onProgress: (state) => progress.update(state),
    });
    progress.done();
    const unread = summary.files.unread.length;
    if (unread > 0) io.stderr.write(`${unread} of the files could not be read; the proposal rests on the others.\n`);
    if (proposal === null) {
      io.stderr.write('Nothing in these logs looks like a provider’s access; there is nothing to propose.\n');
      return unread > 0 ? exit.unread : exit.clean;
    }
    io.stdout.write(proposal.endsWith('\n') ? proposal : `${proposal}\n`);
    return exit.clean;
  } finally {
    progress.done();
    forget();
    await rm(out, { recursive: true, force: true });
  }
}
