import type { Source } from '../api/model.ts';
import { useOrganization } from '../api/organization.tsx';
import { useList } from '../api/reading.ts';

/** A source by its name, leading to its page. */
export function SourceName({ id }: { readonly id: string }) {
  const { slug } = useOrganization();
  const sources = useList<Source>('/sources', { limit: 200 });
  const name = sources.items.find((source) => source.id === id)?.name;
  if (sources.data !== undefined && name === undefined)
    return <span className="quiet">one that was removed, or is not for your eyes</span>;
  return <a href={`#/o/${slug}/sources/${id}`}>{name ?? 'open'}</a>;
}
