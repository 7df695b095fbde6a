import { inert } from '../../report/index.ts';
import type { Paint } from '../terminal/paint.ts';

/** Something wrong in a file that a person wrote: place, what, mend. */
export interface Placed {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly severity?: 'error' | 'warning';
}

/** As compilers do: severity and code, the place (so that an editor can jump to it), the line itself with a caret, the mend. */
export function renderProblem(problem: Placed, paint: Paint, source?: readonly string[]): string {
  const severity = problem.severity ?? 'error';
  const head = paint.level(severity === 'error' ? 'high' : 'medium', `${severity}[${inert(problem.code)}]`);
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const lines = [`${head} ${paint.bold(inert(problem.message))}`, `  --> ${inert(place)}`];
  const text = problem.line === undefined ? undefined : source?.[problem.line - 1];
  if (text !== undefined) {
    const gutter = String(problem.line);
    lines.push(`  ${paint.dim(`${gutter} |`)} ${inert(text.slice(0, 160))}`);
    if (problem.column !== undefined && problem.column <= 160) {
      const before = inert(text.slice(0, problem.column - 1));
      lines.push(`  ${paint.dim(`${' '.repeat(gutter.length)} |`)} ${' '.repeat(before.length)}^`);
    }
  }
  if (problem.mend !== '') lines.push(`  ${inert(problem.mend)}`);
  return `${lines.join('\n')}\n`;
}
