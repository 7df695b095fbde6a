import type { Rule } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { LogText } from '../../parts/log-text.tsx';

/** A rule by its title, leading to its page; by its id where there is no such rule (any more), or another detector's. */
export function RuleTitle({ id }: { readonly id: string }) {
  const { slug } = useOrganization();
  const rule = useThing<Rule>(`/rules/${encodeURIComponent(id)}`);
  if (rule.data === undefined) return <LogText text={id} />;
  return (
    <a href={`#/o/${slug}/rules/${encodeURIComponent(id)}`}>
      <LogText text={rule.data.title} />
    </a>
  );
}
