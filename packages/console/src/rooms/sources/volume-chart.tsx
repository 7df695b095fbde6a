import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Volume } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { Moment } from '../../parts/moment.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';

/** Two weeks' volume by the hour, with its twin as a table. */
export function VolumeChart({ id }: { readonly id: string }) {
  return (
    <Ready of={useThing<{ items: Volume[] }>(`/sources/${id}/volume`)}>
      {({ items }) =>
        items.length === 0 ? (
          <Note>Nothing came in the last 14 days.</Note>
        ) : (
          <div className="stack">
            <Chart items={items} />
            <DataTable
              name="volume by the hour"
              rows={[...items].reverse()}
              rowKey={({ hour }) => hour}
              empty=""
              columns={[
                { id: 'hour', title: 'Hour', value: ({ hour }) => hour, show: ({ hour }) => <Moment at={hour} /> },
                { id: 'volume-events', title: 'Events', value: ({ events }) => events, end: true },
              ]}
            />
          </div>
        )
      }
    </Ready>
  );
}

function Chart({ items }: { readonly items: readonly Volume[] }) {
  const box = useRef<HTMLDivElement>(null);
  const { zone } = useOrganization();
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const axis = { stroke: style.color, grid: { stroke: style.borderTopColor, width: 1 } };
    const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' });
    const days = { format: (seconds: number) => dayFormat.format(seconds * 1000) };
    const plot = new uPlot(
      {
        width: widthOf(element),
        height: 200,
        legend: { show: false },
        cursor: { show: false },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
        scales: { x: { range: () => [Date.now() / 1000 - 14 * 86_400, Date.now() / 1000] } },
        axes: [
          { ...axis, values: (_, splits) => splits.map(days.format) },
          { ...axis, size: 64 },
        ],
        series: [
          {},
          { fill: style.outlineColor, points: { show: false }, paths: uPlot.paths.bars?.({ size: [0.9, 12] }) },
        ],
      },
      [items.map(({ hour }) => Date.parse(hour) / 1000), items.map(({ events }) => events)],
      element,
    );
    // the room that there is shows when the page has come to rest, and changes with the window
    const watch = new ResizeObserver(() => plot.setSize({ width: widthOf(element), height: plot.height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [items, zone]);
  return <div className="chart" ref={box} aria-hidden="true" />;
}

function widthOf(element: HTMLElement): number {
  return Math.max(280, element.clientWidth);
}
