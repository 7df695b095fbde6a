import type { Finding } from '../../api/model.ts';
import { LevelWord, levelHeight } from '../../parts/level-word.tsx';
import { LogText } from '../../parts/log-text.tsx';
import { Moment } from '../../parts/moment.tsx';
import type { Column } from '../../table/column.ts';

/**
 * @param names of sources by their ids: what is found about a source is told by the source's name
 * @param providers names by short names
 */
export const findingColumns = (
  names: ReadonlyMap<string, string>,
  providers: ReadonlyMap<string, string>,
): readonly Column<Finding>[] => [
  { id: 'what', title: 'What', value: ({ rule_title }) => rule_title },
  {
    id: 'level',
    title: 'Level',
    value: ({ level }) => levelHeight(level),
    show: ({ level }) => <LevelWord level={level} />,
  },
  {
    id: 'time',
    title: 'Last time',
    value: ({ last_at }) => last_at,
    show: ({ last_at }) => <Moment at={last_at} />,
  },
  {
    id: 'who',
    title: 'Who',
    value: (finding) => whoOf(finding, names) ?? '',
    show: (finding) => <LogText text={whoOf(finding, names) ?? 'unknown'} />,
  },
  { id: 'provider', title: 'Provider', value: ({ provider }) => providers.get(provider ?? '') ?? provider ?? '' },
  { id: 'host', title: 'Host', value: ({ host }) => host ?? '' },
  { id: 'events', title: 'Events', value: ({ count }) => count, end: true },
  { id: 'from', title: 'From', value: ({ src_ip }) => src_ip ?? '', more: true },
  { id: 'detector', title: 'Detector', value: ({ detector }) => detector, more: true },
  { id: 'confidence', title: 'Confidence', value: ({ confidence }) => confidence, more: true },
  {
    id: 'first',
    title: 'First time',
    value: ({ first_at }) => first_at,
    show: ({ first_at }) => <Moment at={first_at} />,
    more: true,
  },
  { id: 'why', title: 'Why', value: ({ why }) => why, more: true },
];

function whoOf(
  { detector, person, account, source_id }: Finding,
  names: ReadonlyMap<string, string>,
): string | undefined {
  const source = detector === 'silence' && source_id !== null ? names.get(source_id) : undefined;
  return person ?? account ?? (source === undefined ? undefined : `source ${source}`);
}
