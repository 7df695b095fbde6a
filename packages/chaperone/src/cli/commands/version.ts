import packageFile from '../../../package.json' with { type: 'json' };
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';

/** `chaperone version`: what to quote in a report of a fault. */
export async function showVersion(io: Io): Promise<number> {
  const { node, icu = '', tz = '' } = process.versions;
  io.stdout.write(
    `chaperone ${packageFile.version}\nnode ${node} (${process.platform} ${process.arch}, ICU ${icu}, time zones ${tz})\n`,
  );
  return exit.clean;
}
