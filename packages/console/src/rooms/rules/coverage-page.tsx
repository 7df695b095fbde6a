import type { Technique } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';

/** What the rules that are on and can see cover of ATT&CK, tactic by tactic. */
export function CoveragePage() {
  const { slug } = useOrganization();
  return (
    <Page title="Coverage by ATT&CK" about={<a href={`#/o/${slug}/rules`}>All rules</a>}>
      <Ready of={useThing<{ items: Technique[] }>('/rules/coverage')}>
        {({ items }) => (
          <div className="stack">
            {tacticsOf(items).map(([tactic, techniques]) => (
              <section key={tactic} className="stack close">
                <h2>{tactic.replaceAll('-', ' ').replaceAll('_', ' ')}</h2>
                <p className="quiet">
                  {techniques.filter(({ enabled, blind }) => enabled > blind).length} of{' '}
                  {count(techniques.length, 'technique')} that rules know are seen.
                </p>
                <DataTable
                  name={`techniques of ${tactic}`}
                  rows={techniques}
                  rowKey={({ technique }) => technique}
                  empty=""
                  columns={[
                    {
                      id: 'technique',
                      title: 'Technique',
                      value: ({ technique, name }) => (name ? `${technique} ${name}` : technique),
                    },
                    { id: 'seen', title: 'Seen', value: seenWords },
                    { id: 'on', title: 'Rules on', value: ({ enabled }) => enabled, end: true },
                    { id: 'blind', title: 'of them blind', value: ({ blind }) => blind, end: true },
                    { id: 'why', title: 'Blind because', value: ({ why_blind }) => why_blind.join('; '), wrap: true },
                  ]}
                />
              </section>
            ))}
          </div>
        )}
      </Ready>
    </Page>
  );
}

function seenWords({ enabled, blind }: Technique): string {
  if (enabled === 0) return 'no: its rules are off';
  return blind === enabled ? 'no: blind' : blind > 0 ? 'in part' : 'yes';
}

function tacticsOf(items: readonly Technique[]): readonly (readonly [string, readonly Technique[]])[] {
  const groups = new Map<string, Technique[]>();
  for (const item of items) groups.set(item.tactic, [...(groups.get(item.tactic) ?? []), item]);
  return [...groups];
}
