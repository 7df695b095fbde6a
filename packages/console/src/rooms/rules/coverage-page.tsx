import type { Technique } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { techniqueWords } from '../../parts/technique-names.ts';
import { DataTable } from '../../table/data-table.tsx';

/** What the rules that are on and can see cover of ATT&CK, tactic by tactic. */
export function CoveragePage() {
  const { slug } = useOrganization();
  return (
    <Page title="Coverage by ATT&CK" about={<a href={`#/o/${slug}/rules`}>All rules</a>}>
      <Ready of={useThing<{ items: Technique[] }>('/rules/coverage')}>
        {({ items }) => (
          <div className="stack">
            <p className="measure">{summary(items)}</p>
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
                  plain
                  columns={[
                    {
                      id: 'technique',
                      title: 'Technique',
                      value: ({ technique, name }) => (name ? `${technique} ${name}` : techniqueWords(technique)),
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

function summary(items: readonly Technique[]): string {
  const known = new Map<string, boolean>();
  for (const { technique, enabled, blind } of items)
    known.set(technique, (known.get(technique) ?? false) || enabled > blind);
  const seen = [...known.values()].filter((one) => one).length;
  return `Rules know ${count(known.size, 'technique')} of attackers. ${seen} can be seen with the logs that arrive; ${known.size - seen} can not, for the reasons that stand beside them. A technique that is seen is looked for; that it would be found in every form is not said.`;
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
