import { ApiError } from '../api/client.ts';
import { ErrorNote } from './error-note.tsx';

interface LineProblem {
  readonly severity?: string;
  readonly message: string;
  readonly mend?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Mistakes in a text with their lines; each leads to its place in the text area with the id `text`. */
export function LineProblems({ error, text }: { readonly error: unknown; readonly text: string }) {
  const problems = error instanceof ApiError ? problemsOf(error.more.problems) : [];
  return (
    <div className="stack close">
      <ErrorNote error={error} />
      <ProblemList problems={problems} text={text} />
    </div>
  );
}

export function ProblemList({ problems, text }: { readonly problems: readonly LineProblem[]; readonly text: string }) {
  if (problems.length === 0) return null;
  return (
    <ul className="stack close">
      {problems.map((problem) => (
        <li key={`${problem.line}:${problem.column}:${problem.message}`}>
          {problem.line === undefined ? null : (
            <button type="button" className="button small" onClick={() => goTo(text, problem.line!)}>
              Line {problem.line}
            </button>
          )}{' '}
          {problem.severity === 'warning' ? 'Advice: ' : ''}
          {problem.message} <span className="quiet">{problem.mend}</span>
        </li>
      ))}
    </ul>
  );
}

function problemsOf(value: unknown): readonly LineProblem[] {
  return Array.isArray(value) ? value.filter((one): one is LineProblem => typeof one?.message === 'string') : [];
}

/** Marks a line (1-based) of a text area and brings it into sight. */
function goTo(id: string, line: number): void {
  const area = document.getElementById(id);
  if (!(area instanceof HTMLTextAreaElement)) return;
  const lines = area.value.split('\n');
  const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  area.scrollTop = (line - 4) * 20;
}
