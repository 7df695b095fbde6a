import { counted, inert } from '../../report/index.ts';
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { paintFor } from '../terminal/paint.ts';
import { loadRuleSet } from './load-rule-set.ts';
import { renderProblem } from './render-problem.ts';

/** `chaperone rules check`: what can't run and why, and what runs but looks wrong. */
export async function rulesCheck(
  paths: string[],
  { strict, json }: { strict?: boolean; json?: boolean },
  io: Io,
): Promise<number> {
  const { set, sources, unread } = await loadRuleSet(paths, io);
  const bad = set.refused.length + unread.length + (strict === true ? set.warnings.length : 0);
  const code = bad === 0 ? exit.clean : exit.found;
  if (json === true) {
    const { refused, warnings } = set;
    io.stdout.write(
      `${JSON.stringify({ files: sources.length, rules: set.rules.length, correlations: set.correlations.length, filters: set.filters.length, refused, warnings, unread }, null, 2)}\n`,
    );
    return code;
  }
  const paint = paintFor(io.stdout, io.env);
  const lines = new Map(sources.map(({ file, text }) => [file, text] as const));
  for (const problem of [...set.refused, ...set.warnings].sort(byPlace))
    io.stdout.write(`${renderProblem(problem, paint, lines.get(problem.file)?.split(/\r?\n/))}\n`);
  for (const { path, reason } of unread)
    io.stdout.write(`${paint.level('high', 'unread')} ${inert(path)}: ${inert(reason)}\n`);
  if (sources.length === 0) io.stdout.write('There is no .yml or .yaml file here.\n');
  io.stdout.write(
    `${counted(sources.length, 'file')}: ${counted(set.rules.length, 'rule')}, ${counted(set.correlations.length, 'correlation')} and ${counted(set.filters.length, 'filter')} can run; ${counted(set.refused.length, 'document')} refused, ${counted(set.warnings.length, 'warning')}${unread.length > 0 ? `, ${counted(unread.length, 'file')} unread` : ''}.\n`,
  );
  return code;
}

function byPlace(a: { file: string; line: number }, b: { file: string; line: number }): number {
  return a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;
}
