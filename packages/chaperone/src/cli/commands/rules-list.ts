import { cut, inert, rank } from '../../report/index.ts';
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { paintFor } from '../terminal/paint.ts';
import { fit, pad } from '../terminal/text-width.ts';
import { loadRuleSet, ownRules } from './load-rule-set.ts';

/** `chaperone rules list`: most serious first, then by title. */
export async function rulesList(paths: string[], { json }: { json?: boolean }, io: Io): Promise<number> {
  const { set, unread } = await loadRuleSet(paths.length === 0 ? [ownRules] : paths, {}, io);
  const all = [...set.rules, ...set.correlations].sort(
    (a, b) => rank(b.level) - rank(a.level) || (a.title < b.title ? -1 : 1),
  );
  const paint = paintFor(io.stdout, io.env);
  const width = io.stdout.columns ?? Number.POSITIVE_INFINITY;
  for (const rule of all) {
    const { id, title, level, kind, status, author, file, tags } = rule;
    if (json === true) io.stdout.write(`${JSON.stringify({ kind, id, title, level, status, author, file, tags })}\n`);
    else
      io.stdout.write(
        `${paint.level(level, pad(level, 14))}${pad(inert(cut(id, 60)), 38)}${fit(inert(title), Math.max(20, width - 52))}\n`,
      );
  }
  const lost = set.refused.length + unread.length;
  if (lost > 0) io.stderr.write(`${lost} could not be loaded; chaperone rules check says why.\n`);
  return lost > 0 ? exit.found : exit.clean;
}
