import type { Indicator } from '../../api/model.ts';
import { useList } from '../../api/reading.ts';
import { Moment } from '../../parts/moment.tsx';
import { Ready } from '../../parts/ready.tsx';
import { useAddress } from '../../table/address.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FilterBar } from '../../table/filter-bar.tsx';

const types = ['ipv4', 'ipv6', 'domain', 'url', 'email', 'md5', 'sha1', 'sha256'];

export function IndicatorList() {
  const [{ search, type }] = useAddress();
  const indicators = useList<Indicator>('/indicators', { search, type, limit: 200 });
  return (
    <>
      <FilterBar search="Value or note" choices={[['type', 'Type', types]]} />
      <Ready of={indicators}>
        {() => (
          <DataTable
            name="indicators"
            rows={indicators.items}
            rowKey={({ id }) => id}
            more={indicators.more}
            empty="None that fits. Add a feed, or import a STIX, MISP or CSV file under Feeds."
            columns={[
              { id: 'value', title: 'Value', value: ({ written }) => written },
              { id: 'type', title: 'Type', value: ({ type: kind }) => kind },
              { id: 'confidence', title: 'Confidence', value: ({ confidence }) => confidence ?? '', end: true },
              {
                id: 'until',
                title: 'Valid until',
                value: ({ valid_until }) => valid_until ?? '',
                show: ({ valid_until }) => <Moment at={valid_until} none="decays" />,
              },
              { id: 'seen', title: 'Seen here', value: ({ sightings }) => sightings, end: true },
              {
                id: 'last',
                title: 'Last seen',
                value: ({ last_sighting_at }) => last_sighting_at ?? '',
                show: ({ last_sighting_at }) => <Moment at={last_sighting_at} none="never" />,
              },
              {
                id: 'warning',
                title: 'Matched',
                value: ({ warning_list }) => (warning_list === null ? 'yes' : `no: everybody has it (${warning_list})`),
              },
              { id: 'tlp', title: 'TLP', value: ({ tlp }) => tlp ?? '' },
              { id: 'note', title: 'Note', value: ({ note }) => note ?? '', more: true },
            ]}
          />
        )}
      </Ready>
    </>
  );
}
