import { type Refusal, renderRefusal } from '@chaperone/sigma';
import { counted, inert } from '../../report/index.ts';
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { type Paint, paintFor } from '../terminal/paint.ts';
import { loadRuleSet, warningsOf } from './load-rule-set.ts';

/** Options of `chaperone rules check`. */
export interface RulesCheckArguments {
  strict?: boolean;
  json?: boolean;
  pipeline?: string[];
}

/** `chaperone rules check`: what can't run and why, and what runs but looks wrong. */
export async function rulesCheck(paths: string[], given: RulesCheckArguments, io: Io): Promise<number> {
  const loaded = await loadRuleSet(paths, given, io);
  const { set, sources, unread } = loaded;
  const { rules, correlations, filters, refused } = set;
  const warnings = warningsOf(loaded);
  const bad = refused.length + unread.length + (given.strict === true ? warnings.length : 0);
  const code = bad === 0 ? exit.clean : exit.found;
  if (given.json === true) {
    const counts = {
      files: sources.length,
      rules: rules.length,
      correlations: correlations.length,
      filters: filters.length,
    };
    io.stdout.write(`${JSON.stringify({ ...counts, refused, warnings, unread }, null, 2)}\n`);
    return code;
  }
  const paint = paintFor(io.stdout, io.env);
  const texts = new Map(sources.map(({ file, text }) => [file, text] as const));
  for (const problem of [...refused, ...warnings].sort(byPlace))
    io.stdout.write(`${coloured(renderRefusal(problem, texts.get(problem.file)), problem, paint)}\n\n`);
  for (const { path, reason } of unread)
    io.stdout.write(`${paint.level('high', 'unread')}: ${inert(path)}: ${inert(reason)}\n`);
  if (sources.length === 0) io.stdout.write('There is no .yml or .yaml file here.\n');
  io.stdout.write(
    `${counted(sources.length, 'file')}: ${counted(rules.length, 'rule')}, ${counted(correlations.length, 'correlation')} and ${counted(filters.length, 'filter')} can run; ${counted(refused.length, 'document')} refused, ${counted(warnings.length, 'warning')}${unread.length > 0 ? `, ${counted(unread.length, 'file')} unread` : ''}.\n`,
  );
  return code;
}

/** The first word tells error from warning; colour repeats it. */
function coloured(text: string, { severity }: Refusal, paint: Paint): string {
  const end = text.indexOf(':');
  return paint.level(severity === 'error' ? 'high' : 'medium', text.slice(0, end)) + text.slice(end);
}

function byPlace(a: Refusal, b: Refusal): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;
}
