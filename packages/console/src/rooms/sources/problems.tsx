import type { SourceProblem } from '../../api/model.ts';
import { useList } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { LogBlock, LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';

/** Records that couldn't be read, each kind with its latest offending line and what mends it. */
export function Problems({ id }: { readonly id: string }) {
  const problems = useList<SourceProblem>(`/sources/${id}/problems`, { limit: 50 });
  return (
    <Ready of={problems}>
      {() =>
        problems.items.length === 0 ? (
          <Note>Every record of this source could be read.</Note>
        ) : (
          <div className="stack">
            {problems.items.map((problem) => (
              <Note key={problem.id} tone="partial">
                <strong>
                  <LogText text={problem.message} />
                </strong>
                <span>{problem.mend}</span>
                <span className="quiet">
                  {count(problem.count, 'record')}, the last <Moment at={problem.last_at} />. They are stored as they
                  came; nothing is lost.
                </span>
                <LogBlock text={problem.line} label="the offending line" />
              </Note>
            ))}
          </div>
        )
      }
    </Ready>
  );
}
