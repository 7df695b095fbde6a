import type { Summary } from '../../detection/index.ts';
import { cut } from '../inert.ts';
import { counted, duration, levels, number, size } from '../words.ts';
import { type Context, levelOf, nameOf, section, timeOf } from './context.ts';
import { type Html, html } from './html.ts';

/** The verdict in a word or two; the sentence comes from the scan. */
export const verdictWords: Readonly<Record<Summary['verdict']['state'], string>> = {
  compromise_likely: 'Compromise is likely',
  suspicious: 'Suspicious',
  attention: 'Needs attention',
  clean: 'Nothing found',
  incomplete: 'Cannot tell',
};

/** Masthead: for whom, what was looked at, and the answer. */
export function masthead(context: Context): Html {
  const { summary } = context.result;
  const { state, text } = summary.verdict;
  return html`<header class="masthead"><p class="brand">Chaperone <span>report on provider access</span></p>
<p class="meta">${nameOf(summary.organization, 'No organisation declared')} · scanned ${timeOf(summary.finished, context)} · times in ${context.clock.zone}${context.clock.zone === 'UTC' ? '' : ', hover for UTC'}</p>
<div class="verdict ${state}"><h1>${verdictWords[state]}</h1><p>${cut(text, 2000)}</p>${
    summary.interrupted === true
      ? html`<p><strong>The scan was stopped before its end.</strong> This report covers what was read until then.</p>`
      : ''
  }</div>
<dl class="counts">${levels.map(
    (level) =>
      html`<div class="count ${level}"><dt>${level}</dt><dd>${number(summary.findings.by_level[level] ?? 0)}</dd></div>`,
  )}</dl></header>\n`;
}

/** The five things to look at first. */
export function firstThings({ result, listing }: Context): Html {
  const { first } = result.summary;
  const body =
    first.length === 0
      ? html`<p>Nothing asks for attention before the rest.</p>`
      : html`<ol class="first">${first.map(({ title, why, level, finding }) => {
          const anchor = finding === undefined ? undefined : listing.anchors.get(finding);
          const heading = cut(title, 300);
          return html`<li><h3>${levelOf(level)} ${
            anchor === undefined ? heading : html`<a href="#${anchor}">${heading}</a>`
          }</h3><p>${cut(why, 1500)}</p></li>\n`;
        })}</ol>`;
  return section('first', 'Look at these first', body);
}

/** What the answer rests on, in one line each, and what it lacks. */
export function basis({ result }: Context): Html {
  const { files, bytes, records, rules, seconds, coverage } = result.summary;
  const unread = files.unread.length;
  const lacking = [
    unread > 0 && html`<li><a href="#unread">${counted(unread, 'file')} could not be read</a></li>`,
    records.unread > 0 && html`<li><a href="#unread">${counted(records.unread, 'record')} could not be read</a></li>`,
    coverage.unanswered.length > 0 &&
      html`<li><a href="#unanswered">${counted(coverage.unanswered.length, 'question')} could not be answered</a></li>`,
    rules.refused.length > 0 &&
      html`<li><a href="#rules">${counted(rules.refused.length, 'rule')} could not run</a></li>`,
    records.untimed > 0 &&
      html`<li>${counted(records.untimed, 'record')} ${records.untimed === 1 ? 'states' : 'state'} no time</li>`,
    records.outside > 0 &&
      html`<li>${counted(records.outside, 'record')} ${records.outside === 1 ? 'lies' : 'lie'} outside the asked period</li>`,
  ].filter((item) => item !== false);
  return section('basis', 'What this rests on', [
    html`<p>${counted(files.read, 'file')}, ${size(bytes.read)}, ${counted(records.read, 'record')} read; ${counted(rules.loaded, 'rule')} applied; ${duration(seconds)}.</p>`,
    lacking.length === 0
      ? html`<p>Everything that was given could be read.</p>`
      : html`<ul class="lacking">${lacking}</ul>`,
  ]);
}
