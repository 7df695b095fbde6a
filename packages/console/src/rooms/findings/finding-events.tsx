import type { Finding, StoredEvent } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { writtenTime } from '../../parts/written-time.ts';
import { DataTable } from '../../table/data-table.tsx';

/** The events that a finding rests on; each opens down to its raw bytes. */
export function FindingEvents({ finding }: { readonly finding: Finding }) {
  const { slug } = useOrganization();
  const { id, count: all, detector } = finding;
  const events = useList<StoredEvent>(`/findings/${id}/events`, { limit: 100 });
  const left = events.more === undefined && !events.isFetching ? all - events.items.length : 0;
  return (
    <section className="stack close">
      <h3>Events</h3>
      <Ready of={events}>
        {() => (
          <DataTable
            name="events of the finding"
            rows={events.items}
            rowKey={(event) => event.id}
            more={events.more}
            empty="None is stored any more: retention deleted them. The evidence above was kept with the finding."
            columns={[
              {
                id: 'event-time',
                title: 'Time',
                value: ({ time, received }) => time ?? received,
                show: ({ id: event, time, received, raw }) => (
                  <a data-row href={`#/o/${slug}/events/${event}`}>
                    <Moment at={time ?? received} written={writtenTime(raw, time)} />
                  </a>
                ),
              },
              { id: 'event-kind', title: 'Kind', value: ({ kind }) => kind },
              {
                id: 'event-raw',
                title: 'Raw',
                value: ({ raw }) => raw,
                show: ({ raw }) => (
                  <code>
                    <LogText text={raw.slice(0, 200)} />
                  </code>
                ),
              },
            ]}
          />
        )}
      </Ready>
      {left > 0 && events.items.length > 0 && (
        <Note>
          {count(left, 'more event')} of it {left === 1 ? 'is' : 'are'} not listed here.{' '}
          {detector === 'correlation'
            ? 'A correlation names its first hundred; the findings of the rules that it joins hold them all.'
            : 'Retention deleted what is missing, or the finding names only the first.'}
        </Note>
      )}
    </section>
  );
}
