import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { OpenSession } from '../../api/model.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { browserWords } from './browser-words.ts';

/** Where this account is signed in. */
export function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => call<{ items: OpenSession[] }>('GET', '/me/sessions'),
  });
  const endOthers = () =>
    call('DELETE', '/me/sessions').then(() => client.invalidateQueries({ queryKey: ['sessions'] }));
  return (
    <section className="stack close">
      <h2>Sessions</h2>
      <Ready of={sessions}>
        {({ items }) => (
          <DataTable
            name="sessions"
            rows={items}
            rowKey={({ id }) => id}
            empty="No session is open."
            columns={[
              { id: 'agent', title: 'Browser', value: ({ user_agent }) => browserWords(user_agent) },
              { id: 'ip', title: 'Address', value: ({ ip }) => ip ?? 'unknown' },
              {
                id: 'seen',
                title: 'Last seen',
                value: ({ last_seen_at }) => last_seen_at,
                show: ({ last_seen_at }) => <Moment at={last_seen_at} />,
              },
              { id: 'current', title: 'This one', value: ({ current }) => (current ? 'yes' : 'no') },
            ]}
          />
        )}
      </Ready>
      <div className="acts">
        <ActButton label="End all other sessions" sure="Really end them" act={endOthers} />
      </div>
    </section>
  );
}
