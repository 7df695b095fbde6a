import type { PastRun } from '../api/model.ts';
import { useList } from '../api/reading.ts';
import { Moment } from './moment.tsx';

const SHOWN = 5;

/** What became of judging stored events by something new: a rule, a document of rules, a feed. Nothing where nothing was asked. */
export function PastRuns({ of }: { readonly of: (run: PastRun) => boolean }) {
  const runs = useList<PastRun>('/past-runs');
  const own = runs.items.filter((run) => run.state !== 'replaced' && of(run)).slice(0, SHOWN);
  if (own.length === 0) return null;
  return (
    <section className="stack close" aria-live="polite">
      <h2>Judged against the past</h2>
      <ul>
        {own.map((run) => (
          <li key={run.id}>
            {run.title} {run.reason}, <Moment at={run.came_at} />: {stateOf(run)}, {run.findings.toLocaleString('en')}{' '}
            findings from {run.matches.toLocaleString('en')} events.
            {run.note !== null && <span className="quiet"> {run.note}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function stateOf({ state, since, until, reached }: PastRun): string {
  if (state === 'waiting') return 'waits for its turn';
  if (state === 'failed') return 'could not be done';
  const day = 86_400_000;
  const days = (from: string | null, to: string | null) =>
    from === null || to === null ? 0 : Math.round(((Date.parse(to) - Date.parse(from)) / day) * 10) / 10;
  const done = days(reached, until);
  const all = days(since, until);
  return state === 'done' ? `done, ${done} of ${all} days` : `under way, ${done} of ${all} days`;
}
