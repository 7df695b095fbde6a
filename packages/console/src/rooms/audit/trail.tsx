import type { AuditRecord } from '../../api/model.ts';
import { useNames } from '../../api/names.ts';
import { useOrganization } from '../../api/organization.tsx';
import { usePages } from '../../api/reading.ts';
import { dayStart } from '../../parts/day-start.ts';
import { Moment } from '../../parts/moment.tsx';
import { Ready } from '../../parts/ready.tsx';
import { useAddress } from '../../table/address.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FilterBar } from '../../table/filter-bar.tsx';
import { actGroups, actWords, objectWords } from './audit-words.ts';
import { ChainVerdict } from './chain-verdict.tsx';

interface Props {
  /** the API's path of the trail */
  readonly at: string;
  /** what the rows are */
  readonly name: string;
}

/** One trail, newest first; what is asked for is looked for in all of it, not in the page at hand. */
export function Trail({ at, name }: Props) {
  const { zone } = useOrganization();
  const names = useNames();
  const [{ actor, action, object, outcome, from, to }] = useAddress();
  const records = usePages<AuditRecord>([at, 'trail'], at, {
    actor,
    action,
    object,
    outcome,
    from: dayStart(from, zone),
    to: dayStart(to, zone, 1),
    limit: 200,
  });
  const filtered = [actor, action, object, outcome, from, to].some((value) => value !== undefined);
  return (
    <div className="stack">
      <ChainVerdict at={at} />
      <FilterBar
        choices={[
          ['action', 'What', actGroups],
          [
            'outcome',
            'Outcome',
            [
              ['success', 'done'],
              ['failure', 'refused'],
            ],
          ],
        ]}
        texts={[
          ['actor', 'Who'],
          ['object', 'Of which'],
        ]}
        days={[
          ['from', 'From'],
          ['to', 'To'],
        ]}
      />
      <Ready of={records}>
        {() => (
          <DataTable
            name={name}
            rows={records.items}
            rowKey={({ id }) => id}
            more={records.more}
            empty={filtered ? 'No act in the whole trail fits these filters.' : 'Nothing was done yet.'}
            columns={[
              { id: 'number', title: 'Number', value: ({ sequence }) => sequence, end: true },
              { id: 'at', title: 'Time', value: (row) => row.at, show: (row) => <Moment at={row.at} /> },
              { id: 'actor', title: 'Who', value: ({ actor_name }) => actor_name },
              { id: 'action', title: 'What', value: (row) => actWords(row.action) },
              {
                id: 'object',
                title: 'Of which',
                value: ({ detail, object_id }) => objectWords(detail, object_id, names),
              },
              {
                id: 'outcome',
                title: 'Outcome',
                value: (row) => (row.outcome === 'success' ? 'done' : 'refused'),
                show: (row) => (row.outcome === 'success' ? 'done' : <span className="tone-high">refused</span>),
              },
              { id: 'ip', title: 'From', value: ({ ip }) => ip ?? '' },
              { id: 'code', title: 'Code', value: (row) => row.action, more: true },
              {
                id: 'object-id',
                title: 'Id',
                value: ({ object_kind, object_id }) => [object_kind, object_id].filter(Boolean).join(' '),
                more: true,
              },
              {
                id: 'detail',
                title: 'Detail',
                value: ({ detail }) => JSON.stringify(detail),
                wrap: true,
                more: true,
              },
              { id: 'hash', title: 'SHA-256', value: ({ hash }) => hash, more: true },
            ]}
          />
        )}
      </Ready>
    </div>
  );
}
