import type { Volume } from '../../api/model.ts';
import { useThing } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { Sparkline } from '../../parts/sparkline.tsx';

/** The last day's volume of a source, hour by hour. */
export function SourceSpark({ id }: { readonly id: string }) {
  const volume = useThing<{ items: Volume[] }>(`/sources/${id}/volume`);
  const day = new Date(Date.now() - 86_400_000).toISOString();
  const items = (volume.data?.items ?? []).filter(({ hour }) => hour >= day);
  if (items.length === 0) return <span className="quiet">none in 24 hours</span>;
  const values = items.map(({ events }) => events);
  const sum = values.reduce((all, one) => all + one, 0);
  return <Sparkline values={values} label={`${count(sum, 'event')} in 24 hours`} />;
}
