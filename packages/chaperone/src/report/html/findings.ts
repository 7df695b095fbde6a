import type { Evidence, Finding } from '../../detection/index.ts';
import { tacticOf } from '../attack-names.ts';
import { cut, inert, inertBlock } from '../inert.ts';
import { counted, levels, number, rank } from '../words.ts';
import { type Context, levelOf, nameOf, section, timeOf } from './context.ts';
import { facetKey } from './groups.ts';
import { escaped, type Html, html } from './html.ts';

const mostEvidence = 40;
const mostSources = 20;
/** Characters of a value on each side of the part that matched. */
const around = 500;

/** Every listed finding in order of time, a day a heading, each explained down to the raw event. */
export function findings(context: Context): Html {
  const { listing } = context;
  if (listing.findings.length === 0)
    return section('findings', 'Findings explained', html`<p>There are no findings.</p>`);
  const days = Map.groupBy(listing.findings, ({ time }) => (time === null ? '' : context.clock.day(time)));
  const left = listing.total - listing.findings.length;
  return section(
    'findings',
    'Findings explained',
    [
      controls(),
      ...[...days].map(
        ([day, list]) =>
          html`<div class="day"><h3>${day === '' ? 'No time stated' : weekday(day)} <small>${counted(list.length, 'finding')}</small></h3>${list.map((each) => one(each, context))}</div>\n`,
      ),
    ],
    left > 0
      ? `${number(listing.findings.length)} of ${counted(listing.total, 'finding')} are listed: the most serious first, at most fifty of one rule. The counts above are complete; ${counted(left, 'more finding')} in findings.jsonl beside this report.`
      : `All ${counted(listing.total, 'finding')}, in order of time. Open one to see why.`,
  );
}

/** Shown by the script only: without it they would do nothing. */
function controls(): Html {
  return html`<div class="controls" id="controls" hidden><div><label for="q">Search</label><input id="q" type="search" autocomplete="off" spellcheck="false"></div>
<div><label for="min">Level</label><select id="min"><option value="0">all</option>${levels
    .slice(0, 4)
    .reverse()
    .map(
      (level) => html`<option value="${rank(level)}">${level}${level === 'critical' ? '' : ' and above'}</option>`,
    )}</select></div>
<div class="buttons"><button type="button" id="open">Open all</button><button type="button" id="close">Close all</button><button type="button" id="clear">Clear</button></div>
<p id="status" role="status"></p></div>\n`;
}

function one(finding: Finding, context: Context): Html {
  const anchor = context.listing.anchors.get(finding.id);
  return html`<details class="finding ${finding.level}" data-level="${rank(finding.level)}" data-provider="${facetKey(finding.provider)}" data-account="${facetKey(finding.account)}" data-host="${facetKey(finding.host)}" data-tactic="${finding.attack.tactics.map(facetKey).join(' ')}" data-rule="${facetKey(finding.rule.id)}"><summary><span class="when">${
    finding.time === null ? html`<span class="none">no time</span>` : timeOf(finding.time, context)
  }</span>${levelOf(finding.level)}<span class="title">${cut(finding.rule.title, 300)}</span><span class="who">${who(finding)}</span></summary>
<div class="body" id="${anchor}"><p class="why">${cut(finding.why, 4000)}</p>
<dl class="facts">${facts(finding, context)}</dl>
${evidence(finding)}${raw(finding, context)}</div></details>\n`;
}

function who({ account, host, provider }: Finding): Html {
  const parts = [account, host, provider].filter((part) => part !== null && part !== '') as string[];
  return html`${parts.map((part, i) => html`${i > 0 ? ' · ' : ''}<span>${cut(part, 80)}</span>`)}`;
}

function facts(finding: Finding, context: Context): Html[] {
  const { rule, attack } = finding;
  const places = [finding.source, ...(finding.sources ?? [])];
  const rows: (readonly [string, Html | string] | undefined)[] = [
    [
      'Time',
      finding.time === null
        ? 'the source states none'
        : html`${timeOf(finding.time, context)} ${context.clock.zone} <small>(${cut(finding.time, 40)})</small>`,
    ],
    finding.time_end === undefined ? undefined : ['Until', timeOf(finding.time_end, context)],
    ['Provider', nameOf(finding.provider, 'none that we know of')],
    finding.attribution === undefined ? undefined : ['Attributed by', cut(finding.attribution, 1000)],
    ['Account', nameOf(finding.account, 'none named')],
    ['Host', nameOf(finding.host, 'none named')],
    finding.src_ip === null ? undefined : ['From', nameOf(finding.src_ip, '')],
    ['Found by', html`${finding.detector}, ${finding.confidence} confidence`],
    [
      'Rule',
      html`${cut(rule.title, 300)} <small>${cut(rule.id, 100)}${rule.file === undefined ? '' : html` · ${cut(rule.file, 300)}`}</small>`,
    ],
    ['Author', rule.author === undefined ? html`<span class="none">not stated</span>` : cut(rule.author, 300)],
    rule.license === undefined ? undefined : ['Licence', cut(rule.license, 100)],
    attack.tactics.length + attack.techniques.length === 0
      ? undefined
      : [
          'ATT&CK',
          cut([...attack.tactics.map((short) => tacticOf(short)?.name ?? short), ...attack.techniques].join(', '), 500),
        ],
    finding.event === undefined ? undefined : ['Event', html`<code>${cut(finding.event.class, 300)}</code>`],
    [
      places.length > 1 ? 'Sources' : 'Source',
      html`${places
        .slice(0, mostSources)
        .map(
          (place) =>
            html`<span class="place"><code>${cut(place.file, 400)}</code>, record ${number(place.record)}${place.offset === undefined ? '' : html`, byte ${number(place.offset)}`}</span>`,
        )}${places.length > mostSources ? html`<span class="place">${counted(places.length - mostSources, 'more event')} in findings.jsonl</span>` : ''}`,
    ],
  ];
  return rows.filter((row) => row !== undefined).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`);
}

function evidence({ evidence: items, level }: Finding): Html | '' {
  if (items.length === 0) return '';
  return html`<div class="scroll" role="group" aria-label="What matched" tabindex="0"><table class="evidence ${level}"><caption class="shown">What matched</caption><thead><tr><th scope="col">Field</th><th scope="col">Value in the event</th><th scope="col">Asked for</th><th scope="col">Where in the rule</th></tr></thead><tbody>${items
    .slice(0, mostEvidence)
    .map(
      (item) =>
        html`<tr><th scope="row"><code>${cut(item.field, 200)}</code></th><td><code>${marked(item)}</code></td><td>${
          item.expected === undefined ? '' : html`<code>${cut(item.expected, 600)}</code>`
        }</td><td>${[item.selection, item.item].filter((part) => part !== undefined).map((part, i) => html`${i > 0 ? ', ' : ''}<code>${cut(part, 200)}</code>`)}</td></tr>`,
    )}</tbody></table></div>${items.length > mostEvidence ? html`<p class="more">${counted(items.length - mostEvidence, 'more field')} in findings.jsonl.</p>` : ''}`;
}

/** The value with the part that matched marked, and a window around that part where the value is long. */
function marked({ value, part }: Evidence): Html {
  if (part === undefined || part[0] >= part[1] || part[0] < 0 || part[1] > value.length)
    return html`${cut(value, 2 * around)}`;
  const [from, to] = part;
  const start = Math.max(0, from - around);
  const end = Math.min(value.length, to + around);
  return html`${start > 0 ? '… ' : ''}${value.slice(start, from)}<mark>${cut(value.slice(from, to), 2 * around)}</mark>${value.slice(to, end)}${end < value.length ? ' …' : ''}`;
}

function raw({ event }: Finding, { listing }: Context): Html | '' {
  if (event?.raw === undefined) return '';
  return html`<details class="raw"><summary>Raw event</summary><pre tabindex="0">${escaped(inertBlock(cut(event.raw, listing.rawMost)))}</pre></details>`;
}

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

function weekday(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? inert(day) : dayFormat.format(at);
}
