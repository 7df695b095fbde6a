import { useNavigate } from '@tanstack/react-router';
import type { Rule } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { useAddress } from '../../table/address.ts';
import { DataTable } from '../../table/data-table.tsx';
import { FilterBar } from '../../table/filter-bar.tsx';
import { ruleColumns } from './rule-columns.tsx';

/** What is looked for, what each rule needs, and which are blind. */
export function RulesRoom() {
  const { slug } = useOrganization();
  const navigate = useNavigate();
  const [{ level, enabled, blind, search }] = useAddress();
  const rules = useList<Rule>('/rules', { level, enabled, blind, search, limit: 1000 });
  return (
    <Page
      title="Rules"
      about="What is looked for in every event. A rule is blind where no source sends what it needs."
      acts={
        <>
          <a className="button" href={`#/o/${slug}/rules/coverage`}>
            Coverage by ATT&CK
          </a>
          <a className="button" href={`#/o/${slug}/rules/own`}>
            Own rules
          </a>
        </>
      }
    >
      <FilterBar
        search="Title, id, tag or what it needs"
        choices={[
          ['level', 'Level', ['critical', 'high', 'medium', 'low', 'informational']],
          [
            'enabled',
            'State',
            [
              ['true', 'on'],
              ['false', 'off'],
            ],
          ],
          [
            'blind',
            'Sight',
            [
              ['true', 'blind'],
              ['false', 'sees'],
            ],
          ],
        ]}
      />
      <Ready of={rules}>
        {() => (
          <DataTable
            name="rules"
            rows={rules.items}
            rowKey={({ id }) => id}
            open={({ id }) => void navigate({ to: `/o/${slug}/rules/${encodeURIComponent(id)}` } as never)}
            more={rules.more}
            empty="No rule fits these filters."
            columns={ruleColumns}
          />
        )}
      </Ready>
    </Page>
  );
}
