import type { RuleTest } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { count } from '../../parts/count.ts';
import { LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';

/** What a rule would have found, and in how much it looked. */
export function RuleTestResult({ result }: { readonly result: RuleTest }) {
  const { slug } = useOrganization();
  const { matches, events, samples, note } = result;
  return (
    <div role="status">
      <Note tone={matches === 0 ? '' : 'good'}>
        <strong>
          {matches === 0 ? 'It would have found nothing' : `It would have matched ${count(matches, 'event')}`} in{' '}
          {count(events, 'stored event')}.
        </strong>
        <span className="quiet">
          From <Moment at={result.from} /> to <Moment at={result.to} />.
        </span>
        {note !== null && note !== undefined && <span>{note}</span>}
        <ul>
          {samples.map(({ id, time, raw }) => (
            <li key={id}>
              <a href={`#/o/${slug}/events/${id}`}>
                <Moment at={time} none="no time" />
              </a>{' '}
              <code>
                <LogText text={raw.slice(0, 160)} />
              </code>
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
}
