import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { LegalHold, Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { LegalHoldForm } from './legal-hold-form.tsx';

/** What must not be deleted, whatever the retention says: whose, why, and until when. */
export function LegalHolds() {
  const { api, mayAdminister } = useOrganization();
  const client = useQueryClient();
  const holds = useList<LegalHold>('/legal-holds', { limit: 200 });
  const sources = useList<Source>('/sources', { limit: 200 });
  const again = () => client.invalidateQueries({ queryKey: [api, 'legal-holds'] });
  const release = (id: string) => call('POST', `${api}/legal-holds/${id}/release`, { body: {} }).then(again);
  const about = ({ source_id }: LegalHold) =>
    source_id === null
      ? 'everything of the organisation'
      : (sources.items.find(({ id }) => id === source_id)?.name ?? 'a source that was removed');
  return (
    <div className="stack">
      <p className="measure">
        Events on hold are not deleted, however old they get. A hold ends on its day, or when somebody releases it; what
        is past its time is then deleted within the hour.
      </p>
      <Ready of={holds}>
        {() => (
          <DataTable
            name="legal holds"
            rows={holds.items}
            rowKey={({ id }) => id}
            more={holds.more}
            empty="None. Events are deleted when their time is over. Place a hold when they may be needed as evidence."
            columns={[
              { id: 'held', title: 'Holds', value: about },
              { id: 'hold-reason', title: 'Reason', value: ({ reason }) => reason, wrap: true },
              { id: 'hold-owner', title: 'Owner', value: ({ owner }) => owner },
              {
                id: 'placed',
                title: 'Placed',
                value: ({ created_at }) => created_at,
                show: ({ created_at }) => <Moment at={created_at} />,
              },
              { id: 'hold-state', title: 'State', value: stateOf },
              {
                id: 'ended',
                title: 'Ends',
                value: ({ released_at, ends_at }) => released_at ?? ends_at ?? '',
                show: ({ released_at, ends_at }) => <Moment at={released_at ?? ends_at} none="when it is released" />,
              },
              {
                id: 'release',
                title: 'Release',
                value: () => '',
                show: (hold) =>
                  mayAdminister && stateOf(hold) === 'in force' ? (
                    <ActButton label="Release" sure="Really: old events are deleted" act={() => release(hold.id)} />
                  ) : null,
              },
            ]}
          />
        )}
      </Ready>
      {mayAdminister && <LegalHoldForm sources={sources.items} done={() => void again()} />}
    </div>
  );
}

function stateOf({ released_at, ends_at }: LegalHold): string {
  if (released_at !== null) return 'released';
  return ends_at !== null && Date.parse(ends_at) <= Date.now() ? 'run out' : 'in force';
}
