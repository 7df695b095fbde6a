import type { Volume } from '../../api/model.ts';
import { useThing } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { Sparkline } from '../../parts/sparkline.tsx';
import { hoursOf } from './hours-of.ts';

/** The last day's volume of a source, hour by hour. */
export function SourceSpark({ id }: { readonly id: string }) {
  const { from, to } = hoursOf(1);
  const volume = useThing<{ items: Volume[] }>(`/sources/${id}/volume`, { from, to });
  const items = volume.data?.items ?? [];
  if (items.length === 0) return <span className="quiet">none in 24 hours</span>;
  const values = items.map(({ events }) => events);
  const sum = values.reduce((all, one) => all + one, 0);
  return <Sparkline values={values} label={`${count(sum, 'event')} in 24 hours`} />;
}
