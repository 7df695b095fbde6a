import { counted, number } from '../words.ts';
import { type Context, figures, nameOf, section, table, timeOf } from './context.ts';
import { type Html, html } from './html.ts';

const mostRows = 200;
const day = 86_400_000;
/** Ticks of a strip; longer spans put several days into one. */
const mostTicks = 92;
const mostGaps = 3;

/** Which sources were there on which days: what was not watched can't have been seen. */
export function coverage(context: Context): Html {
  const { sources } = context.result.summary.coverage;
  if (sources.length === 0)
    return section('coverage', 'What was there to see', html`<p>No log source was recognised.</p>`);
  const all = sources.flatMap(({ days }) => days.map((text) => Date.parse(text))).filter((at) => !Number.isNaN(at));
  const from = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const to = all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const span = all.length === 0 ? 0 : Math.round((to - from) / day) + 1;
  const rows = sources
    .slice(0, mostRows)
    .map(
      (source) =>
        html`<th scope="row">${nameOf(source.kind, 'unknown')}</th><td>${nameOf(source.host, 'no host named')}</td><td class="n">${number(source.events)}</td><td class="time">${timeOf(source.first, context)}</td><td class="time">${timeOf(source.last, context)}</td><td class="days">${strip(source.days, from, span)}<span>${gaps(source.days, from, span)}</span></td>`,
    );
  return section(
    'coverage',
    'What was there to see',
    table('Log sources and their days', ['Kind', 'Host', figures('Events'), 'First', 'Last', 'Days'], rows, {
      more:
        sources.length > mostRows ? `${counted(sources.length - mostRows, 'more source')} in summary.json.` : undefined,
    }),
    span > 0
      ? `${counted(sources.length, 'source')} over ${counted(span, 'day')} (${iso(from)} to ${iso(to)}, UTC days). A day without events is a day on which nothing could be seen there.`
      : undefined,
  );
}

/** A tick a day, filled where there were events. Words beside it say the same. */
function strip(days: readonly string[], from: number, span: number): Html | '' {
  if (span === 0) return '';
  const step = Math.ceil(span / mostTicks);
  const ticks = Math.ceil(span / step);
  const filled = new Set(days.map((text) => Math.floor((Date.parse(text) - from) / day / step)));
  return html`<svg class="strip" viewBox="0 0 ${ticks * 6} 12" width="${Math.min(ticks * 6, 276)}" height="12" preserveAspectRatio="none" aria-hidden="true" focusable="false">${Array.from(
    { length: ticks },
    (_, i) =>
      html`<rect x="${i * 6 + 0.5}" width="5" y="${filled.has(i) ? 0.5 : 9}" height="${filled.has(i) ? 11 : 2.5}" class="${filled.has(i) ? 'on' : 'off'}"/>`,
  )}</svg>`;
}

/** On how many of all days there were events, and on which there were none, in words. Costs what there is, not what is missing. */
function gaps(days: readonly string[], from: number, span: number): string {
  const stated = days.map((text) => Math.round((Date.parse(text) - from) / day)).filter((at) => !Number.isNaN(at));
  const present = [...new Set(stated)].sort((a, b) => a - b);
  if (present.length === 0) return 'no day known';
  const missing: string[] = [];
  let next = 0;
  for (const at of [...present, span]) {
    const [first, last] = [from + next * day, from + (at - 1) * day];
    if (at > next) missing.push(first === last ? iso(first) : `${iso(first)} to ${iso(last)}`);
    next = at + 1;
  }
  if (missing.length === 0) return span === 1 ? 'the one day' : `all ${number(span)} days`;
  const more = missing.length - mostGaps;
  return `${number(present.length)} of ${counted(span, 'day')}; none on ${missing.slice(0, mostGaps).join(', ')}${more > 0 ? ` and ${counted(more, 'more gap')}` : ''}`;
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
