import { useParams } from '@tanstack/react-router';
import type { Rule } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { Facts } from '../../parts/facts.tsx';
import { LevelWord } from '../../parts/level-word.tsx';
import { LogBlock, LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Page } from '../../parts/page.tsx';
import { PastRuns } from '../../parts/past-runs.tsx';
import { Ready } from '../../parts/ready.tsx';
import { techniqueWords } from '../../parts/technique-names.ts';
import { needWords } from './need-words.ts';
import { RuleSwitch } from './rule-switch.tsx';
import { RuleTry } from './rule-try.tsx';

/** One rule: what it looks for, whether it can see, and what it would have found. */
export function RulePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { slug, mayChange } = useOrganization();
  return (
    <Ready of={useThing<Rule>(`/rules/${encodeURIComponent(id)}`)}>
      {(rule) => (
        <Page title={rule.title} about={rule.description ? <LogText text={rule.description} /> : undefined}>
          <div className="stack">
            {rule.blind !== null && (
              <Note tone="partial">
                <strong>This rule is blind: {rule.blind}</strong>
                <a href={`#/o/${slug}/sources`}>Look at the sources</a>
              </Note>
            )}
            <Facts
              of={[
                ['Level', <LevelWord key="level" level={rule.level} />],
                ['State', rule.enabled ? 'on' : `off: ${rule.reason ?? 'no reason given'}`],
                ['Needs', rule.needs.map(needWords).join(', ')],
                ['Hits', rule.hits.toLocaleString('en')],
                ['Last hit', <Moment key="hit" at={rule.last_hit_at} none="never" />],
                [
                  'ATT&CK',
                  rule.tags
                    .map(tagWords)
                    .filter((words) => words !== '')
                    .join(', '),
                ],
                ['Tags', rule.tags.filter((tag) => tagWords(tag) === '').join(', ')],
                ['Author', rule.author],
                ['Licence', rule.license],
                ['Pack', rule.pack],
                ['Id', rule.id],
              ]}
            />
            <PastRuns of={(run) => run.rules.includes(rule.id)} />
            {mayChange && <RuleTry rule={rule.id} />}
            {mayChange && <RuleSwitch rule={rule} />}
            {rule.document !== undefined && (
              <section className="stack close">
                <h2>As it is written</h2>
                <LogBlock text={rule.document} label="YAML of the rule" />
              </section>
            )}
          </div>
        </Page>
      )}
    </Ready>
  );
}

/** `attack.t1199` by its name, `attack.initial-access` as words; empty for other tags. */
function tagWords(tag: string): string {
  const [space, id = ''] = tag.split(/\.(.*)/);
  if (space !== 'attack') return '';
  return /^t\d{4}/.test(id) ? techniqueWords(id.toUpperCase()) : id.replaceAll(/[-_]/g, ' ');
}
