import type { Level } from '@chaperone/sigma';
import { counted, levels, number } from '../words.ts';
import { type Context, figures, section, table } from './context.ts';
import { type Html, html, markup } from './html.ts';

const hour = 3_600_000;
/** Widths of a column, from an hour to a century: the first one with which the whole span fits is taken. */
const widths: readonly (readonly [number, string])[] = [
  [hour, 'hour'],
  [6 * hour, 'six hours'],
  [24 * hour, 'day'],
  [7 * 24 * hour, 'week'],
  [28 * 24 * hour, 'four weeks'],
  [364 * 24 * hour, 'year'],
  [36_400 * 24 * hour, 'century'],
];
/** A column stays wide enough to be seen on a telephone. */
const mostColumns = 96;

interface Bucket {
  readonly start: number;
  readonly counts: Record<Level, number>;
}

/**
 * When things happened: a lane for each level, so that two critical findings are not drowned by ten thousand low ones and no
 * one needs to tell colours apart. Each lane has its own scale, stated at its end. The same numbers stand in a table below.
 */
export function timeline(context: Context): Html {
  const { buckets, width, columns, start } = gather(context);
  const untimed = context.result.summary.findings.total - total(buckets);
  const note =
    untimed > 0
      ? `${counted(untimed, 'finding')} ${untimed === 1 ? 'states no time and stands' : 'state no time and stand'} in no column.`
      : undefined;
  if (buckets.length === 0)
    return section('timeline', 'When', html`<p>${note ?? 'There are no findings to show in time.'}</p>`);
  const lanes = levels.filter((level) => buckets.some(({ counts }) => counts[level] > 0));
  return section(
    'timeline',
    'When',
    [
      html`<div class="lanes">${lanes.map((level) => lane(level, buckets, start, width[0], columns))}
<div class="axis" aria-hidden="true"><span></span><span class="ends"><span>${label(start, width[0])}</span><span>${label(start + (columns - 1) * width[0], width[0])}</span></span><span></span></div></div>`,
      html`<details><summary>The same as a table</summary>${table(
        `Findings by ${width[1]} and level`,
        [`From (${context.clock.zone})`, ...levels.map(figures)],
        buckets.map(
          ({ start: from, counts }) =>
            html`<th scope="row" class="time">${label(from, width[0])}</th>${levels.map((level) => html`<td class="n">${number(counts[level])}</td>`)}`,
        ),
      )}</details>`,
    ],
    `Findings by ${width[1]}, a lane for each level, each lane to its own scale. ${note ?? ''}`,
  );
}

function gather({ result, clock }: Context) {
  const points = result.timeline.flatMap(({ hour: at, level, count }) => {
    const wall = clock.wall(at);
    return Number.isNaN(wall) ? [] : [{ wall, level, count }];
  });
  const from = points.reduce((least, { wall }) => Math.min(least, wall), Number.POSITIVE_INFINITY);
  const to = points.reduce((most, { wall }) => Math.max(most, wall), Number.NEGATIVE_INFINITY);
  const fits = ([width]: readonly [number, string]) => (to - from) / width < mostColumns - 1;
  const width = widths.find(fits) ?? widths[widths.length - 1];
  const start = Math.floor(from / width[0]) * width[0];
  const byStart = new Map<number, Bucket>();
  for (const { wall, level, count } of points) {
    const at = Math.floor(wall / width[0]) * width[0];
    let bucket = byStart.get(at);
    if (bucket === undefined) {
      bucket = { start: at, counts: { critical: 0, high: 0, medium: 0, low: 0, informational: 0 } };
      byStart.set(at, bucket);
    }
    bucket.counts[level] += count;
  }
  const buckets = [...byStart.values()].sort((a, b) => a.start - b.start);
  const columns = buckets.length === 0 ? 0 : (buckets[buckets.length - 1].start - start) / width[0] + 1;
  return { buckets, width, start, columns };
}

function lane(level: Level, buckets: readonly Bucket[], start: number, width: number, columns: number): Html {
  const most = Math.max(...buckets.map(({ counts }) => counts[level]));
  const sum = buckets.reduce((all, { counts }) => all + counts[level], 0);
  // a lone column would fill the lane's whole breadth: draw as if there were at least a day's
  const drawn = Math.max(columns, 24);
  const bars = buckets
    .filter(({ counts }) => counts[level] > 0)
    .map(({ start: at, counts }) => {
      const height = Math.max(5, (28 * counts[level]) / most);
      const x = (at - start) / width;
      return html`<rect x="${x + 0.08}" y="${(28 - height).toFixed(2)}" width="0.84" height="${height.toFixed(2)}"><title>${`${label(at, width)}: ${counts[level]} ${level}`}</title></rect>`;
    });
  return html`<div class="lane ${level}"><span class="what">${level}</span><svg viewBox="0 0 ${drawn} 28" preserveAspectRatio="none" aria-hidden="true" focusable="false">${markup(`<path d="${midnights(start, width, drawn)}" class="night"/><path d="M0 27.6H${drawn}" class="ground"/>`)}${bars}</svg><span class="sum">${number(sum)} <small>most ${number(most)}</small></span></div>\n`;
}

/** A line at the start of each day, where columns are parts of a day. */
function midnights(start: number, width: number, columns: number): string {
  if (width >= 24 * hour) return '';
  let path = '';
  for (let i = 1; i < columns; i++) if ((start + i * width) % (24 * hour) === 0) path += `M${i} 0V28`;
  return path;
}

function label(wall: number, width: number): string {
  const text = new Date(wall).toISOString().replace('T', ' ');
  return width < 24 * hour ? text.slice(0, 16) : text.slice(0, 10);
}

function total(buckets: readonly Bucket[]): number {
  return buckets.reduce((all, { counts }) => all + levels.reduce((sum, level) => sum + counts[level], 0), 0);
}
