import type { Rule } from '../../api/model.ts';
import { LevelWord, levelHeight } from '../../parts/level-word.tsx';
import { Moment } from '../../parts/moment.tsx';
import type { Column } from '../../table/column.ts';
import { needWords } from './need-words.ts';

export const ruleColumns: readonly Column<Rule>[] = [
  { id: 'title', title: 'Rule', value: ({ title }) => title },
  {
    id: 'level',
    title: 'Level',
    value: ({ level }) => levelHeight(level),
    show: ({ level }) => <LevelWord level={level} />,
  },
  {
    id: 'state',
    title: 'State',
    value: ({ enabled }) => (enabled ? 'on' : 'off'),
    show: ({ enabled, reason }) => (
      <span className={enabled ? '' : 'tone-medium'} title={enabled ? undefined : (reason ?? 'no reason given')}>
        {enabled ? 'on' : 'off'}
      </span>
    ),
  },
  {
    id: 'sight',
    title: 'Sight',
    value: ({ blind }) => (blind === null ? 'sees' : `blind: ${blind}`),
    show: ({ blind }) =>
      blind === null ? (
        'sees'
      ) : (
        <span className="tone-high" title={blind}>
          blind
        </span>
      ),
  },
  {
    id: 'last',
    title: 'Last hit',
    value: ({ last_hit_at }) => last_hit_at ?? '',
    show: ({ last_hit_at }) => <Moment at={last_hit_at} none="never" />,
  },
  { id: 'hits', title: 'Hits', value: ({ hits }) => hits, end: true },
  { id: 'needs', title: 'Needs', value: ({ needs }) => needs.map(needWords).join(', ') },
  { id: 'why-blind', title: 'Blind because', value: ({ blind }) => blind ?? '', more: true },
  { id: 'author', title: 'Author', value: ({ author }) => author ?? '', more: true },
];
