import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadRegistryFile } from '../../registry/index.ts';
import { counted } from '../../report/index.ts';
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { paintFor } from '../terminal/paint.ts';
import { renderProblem } from './render-problem.ts';

/** `chaperone registry check`: every mistake at its line. Warnings alone leave the exit code at 0. */
export async function registryCheck(file: string, { json }: { json?: boolean }, io: Io): Promise<number> {
  const path = resolve(io.cwd, file);
  const { registry, problems } = loadRegistryFile(path, { now: io.now() });
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const code = errors === 0 ? exit.clean : exit.found;
  if (json === true) {
    io.stdout.write(`${JSON.stringify({ file, usable: registry !== undefined, problems }, null, 2)}\n`);
    return code;
  }
  const paint = paintFor(io.stdout, io.env);
  const source = await readFile(path, 'utf8').then(
    (text) => text.split(/\r?\n/),
    () => undefined,
  );
  for (const problem of problems) {
    io.stdout.write(renderProblem({ ...problem, file }, paint, source));
    if (problem.setAside !== undefined)
      io.stdout.write(`  ${paint.dim(`Set aside until it is mended: ${problem.setAside}`)}\n`);
    io.stdout.write('\n');
  }
  if (registry !== undefined) {
    const { organization, providers } = registry;
    const accounts = providers.reduce((sum, provider) => sum + provider.accounts.length, 0);
    io.stdout.write(
      `${organization.name}: ${counted(providers.length, 'provider')}, ${counted(accounts, 'account')}.\n`,
    );
  }
  io.stdout.write(
    problems.length === 0
      ? 'The registry is sound.\n'
      : `${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}.${registry === undefined ? ' A scan can’t use this file.' : ' A scan uses the rest of the file.'}\n`,
  );
  return code;
}
