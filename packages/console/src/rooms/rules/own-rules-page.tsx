import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { RuleDocument } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { PastRuns } from '../../parts/past-runs.tsx';
import { Ready } from '../../parts/ready.tsx';
import { useAddress } from '../../table/address.ts';
import { DataTable } from '../../table/data-table.tsx';
import { RuleEditor } from './rule-editor.tsx';

/** Rules that the organisation wrote itself. */
export function OwnRulesPage() {
  const { slug, api, mayChange } = useOrganization();
  const [{ open }, change] = useAddress();
  const client = useQueryClient();
  const documents = useList<RuleDocument>('/rule-documents', { limit: 200 });
  const again = () => client.invalidateQueries({ queryKey: [api, 'rule-documents'] });
  const remove = (id: string) => call('DELETE', `${api}/rule-documents/${id}`).then(again);
  const edited = documents.items.find(({ id }) => id === open);
  return (
    <Page title="Own rules" about={<a href={`#/o/${slug}/rules`}>All rules</a>}>
      <div className="stack">
        <Ready of={documents}>
          {() => (
            <DataTable
              name="own rules"
              rows={documents.items}
              rowKey={({ id }) => id}
              open={({ id }) => change({ open: id })}
              picked={open}
              more={documents.more}
              empty="None yet. Write one below, or paste one of Sigma’s."
              columns={[
                { id: 'rule-name', title: 'Name', value: ({ name }) => name },
                { id: 'on', title: 'State', value: ({ enabled }) => (enabled ? 'on' : 'off') },
                {
                  id: 'changed',
                  title: 'Changed',
                  value: ({ updated_at }) => updated_at,
                  show: ({ updated_at }) => <Moment at={updated_at} />,
                },
                {
                  id: 'delete',
                  title: 'Delete',
                  value: () => '',
                  show: ({ id }) =>
                    mayChange && <ActButton label="Delete" sure="Really delete" act={() => remove(id)} />,
                },
              ]}
            />
          )}
        </Ready>
        <PastRuns of={({ kind }) => kind === 'rules'} />
        {mayChange && (
          <RuleEditor
            key={edited?.id ?? 'new'}
            document={edited}
            done={() => {
              change({ open: '' });
              void again();
            }}
          />
        )}
      </div>
    </Page>
  );
}
