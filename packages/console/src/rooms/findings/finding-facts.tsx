import type { Finding, FindingWithDocument } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { Facts } from '../../parts/facts.tsx';
import { LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { ProviderName } from '../../parts/provider-name.tsx';
import { SourceName } from '../../parts/source-name.tsx';
import { techniqueWords } from '../../parts/technique-names.ts';

/** Who, where, when, and how we know who it was. */
export function FindingFacts({ finding }: { readonly finding: FindingWithDocument }) {
  const { slug, mayReadEvents } = useOrganization();
  const text = (value: string | null | undefined) => (value ? <LogText text={value} /> : undefined);
  const { document } = finding;
  const tactics = (document.attack?.tactics ?? []).map((tactic) => tactic.replaceAll(/[-_]/g, ' '));
  const attack = [...tactics, ...(document.attack?.techniques ?? []).map(techniqueWords)].join(', ');
  return (
    <section className="stack close">
      <h3>Who and where</h3>
      <Facts
        of={[
          ['First', <Moment key="first" at={finding.first_at} />],
          ['Last', <Moment key="last" at={finding.last_at} />],
          ['Provider', finding.provider && <ProviderName key="provider" slug={finding.provider} />],
          ['Attributed because', text(document.attribution)],
          ['Person', text(finding.person)],
          ['Account', text(finding.account)],
          ['Host', text(finding.host)],
          ['From address', text(finding.src_ip)],
          ['Source', finding.source_id && <SourceName key="source" id={finding.source_id} />],
          [
            'Registry',
            finding.registry_version === null ? undefined : !mayReadEvents ? (
              `as of version ${finding.registry_version}`
            ) : (
              <a key="registry" href={`#/o/${slug}/registry`}>
                as of version {finding.registry_version}
              </a>
            ),
          ],
          [finding.detector === 'rule' ? 'Rule' : `By ${finding.detector}`, <RuleLink key="rule" finding={finding} />],
          ['Author', text([document.rule?.author, document.rule?.license].filter(Boolean).join(', '))],
          ['ATT&CK', text(attack)],
        ]}
      />
    </section>
  );
}

function RuleLink({ finding: { rule_id, rule_title, detector } }: { readonly finding: Finding }) {
  const { slug, mayReadEvents } = useOrganization();
  if (!mayReadEvents || (detector !== 'rule' && detector !== 'correlation')) return <LogText text={rule_title} />;
  return (
    <a href={`#/o/${slug}/rules/${encodeURIComponent(rule_id)}`}>
      <LogText text={rule_title} />
    </a>
  );
}
