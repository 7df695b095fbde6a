import type { Volume } from '../../api/model.ts';
import { useThing } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { Sparkline } from '../../parts/sparkline.tsx';

/** The last day's volume of a source, hour by hour. */
export function SourceSpark({ id }: { readonly id: string }) {
  const volume = useThing<{ items: Volume[] }>(`/sources/${id}/volume`);
  const values = lastDay(volume.data?.items ?? []);
  const sum = values.reduce((all, one) => all + one, 0);
  if (sum === 0) return <span className="quiet">none in 24 hours</span>;
  return <Sparkline values={values} label={`${count(sum, 'event')} in 24 hours`} />;
}

/** Events of each of the last 24 hours; hours of which nothing is known had none. */
function lastDay(items: readonly Volume[]): readonly number[] {
  const hour = Math.floor(Date.now() / 3_600_000);
  const byHour = new Map(items.map(({ hour: at, events }) => [Math.floor(Date.parse(at) / 3_600_000), events]));
  return Array.from({ length: 24 }, (_, place) => byHour.get(hour - 23 + place) ?? 0);
}
