import type { AuditRecord } from '../../api/model.ts';
import { useNames } from '../../api/names.ts';
import { useList } from '../../api/reading.ts';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { actWords, objectWords } from './audit-words.ts';
import { ChainVerdict } from './chain-verdict.tsx';

/** Every act that matters, chained by hashes. */
export function AuditRoom() {
  const names = useNames();
  const records = useList<AuditRecord>('/audit', { limit: 200 });
  return (
    <Page
      title="Audit trail"
      about="Every act of a person or a token that matters. Each record holds the hash of the one before, so that a change or a gap shows."
    >
      <div className="stack">
        <ChainVerdict />
        <Ready of={records}>
          {() => (
            <DataTable
              name="audit trail"
              rows={records.items}
              rowKey={({ id }) => id}
              more={records.more}
              empty="Nothing was done yet."
              columns={[
                { id: 'number', title: 'Number', value: ({ sequence }) => sequence, end: true },
                { id: 'at', title: 'Time', value: ({ at }) => at, show: ({ at }) => <Moment at={at} /> },
                { id: 'actor', title: 'Who', value: ({ actor_name }) => actor_name },
                { id: 'action', title: 'What', value: ({ action }) => actWords(action) },
                {
                  id: 'object',
                  title: 'Of which',
                  value: ({ detail, object_id }) => objectWords(detail, object_id, names),
                },
                {
                  id: 'outcome',
                  title: 'Outcome',
                  value: ({ outcome }) => (outcome === 'success' ? 'done' : 'refused'),
                  show: ({ outcome }) => (outcome === 'success' ? 'done' : <span className="tone-high">refused</span>),
                },
                { id: 'ip', title: 'From', value: ({ ip }) => ip ?? '' },
                { id: 'code', title: 'Code', value: ({ action }) => action, more: true },
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
    </Page>
  );
}
