import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { arrivesBy } from './arrives-by.ts';
import { HealthWord } from './health-word.tsx';
import { healthWords, lagWords } from './health-words.ts';
import { SourceForm } from './source-form.tsx';
import { SourceSpark } from './source-spark.tsx';

/** What sends us logs, and how it is. */
export function SourcesRoom() {
  const { slug, api, mayAdminister } = useOrganization();
  const navigate = useNavigate();
  const client = useQueryClient();
  const sources = useList<Source>('/sources', { limit: 200 });
  const open = (id: string) => void navigate({ to: `/o/${slug}/sources/${id}` } as never);
  return (
    <Page
      title="Sources"
      about="What sends logs here. A source that falls silent makes rules blind, and is a finding."
      acts={
        mayAdminister && (
          <DialogButton label="New source" title="New source" main>
            {(close) => (
              <SourceForm
                done={({ id }) => {
                  void client.invalidateQueries({ queryKey: [api, 'sources'] });
                  close();
                  open(id);
                }}
              />
            )}
          </DialogButton>
        )
      }
    >
      <Ready of={sources}>
        {() => (
          <DataTable
            name="sources"
            rows={sources.items}
            rowKey={({ id }) => id}
            open={({ id }) => open(id)}
            more={sources.more}
            empty="Nothing sends logs yet. Make a source: its page shows the exact configuration for the shipper that you already have."
            columns={[
              { id: 'name', title: 'Source', value: ({ name }) => name },
              {
                id: 'health',
                title: 'Health',
                value: (source) => healthWords(source).words,
                show: (source) => <HealthWord source={source} />,
              },
              {
                id: 'received',
                title: 'Last received',
                value: ({ health }) => health?.last_received_at ?? '',
                show: ({ health }) => <Moment at={health?.last_received_at} none="never" />,
              },
              {
                id: 'last',
                title: 'Last event’s own time',
                value: ({ health }) => health?.last_event_at ?? '',
                show: ({ health }) => <Moment at={health?.last_event_at} none="never" />,
                more: true,
              },
              {
                id: 'lag',
                title: 'Lag',
                value: ({ health }) => health?.clock_offset ?? 0,
                show: ({ health }) => <>{lagWords(health?.clock_offset ?? null)}</>,
                end: true,
              },
              { id: 'unread', title: 'Unreadable', value: ({ health }) => health?.unread ?? 0, end: true },
              {
                id: 'volume',
                title: '24 hours',
                value: ({ health }) => health?.events ?? 0,
                show: ({ id }) => <SourceSpark id={id} />,
              },
              { id: 'kind', title: 'Arrives by', value: arrivesBy },
              { id: 'promised', title: 'Promised by', value: ({ promised_by }) => promised_by ?? '', more: true },
            ]}
          />
        )}
      </Ready>
    </Page>
  );
}
