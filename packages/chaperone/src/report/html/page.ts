import { createHash } from 'node:crypto';
import type { ScanResult } from '../../detection/index.ts';
import { cut } from '../inert.ts';
import { number } from '../words.ts';
import { zoneClock } from '../zone-clock.ts';
import { accounts } from './accounts.ts';
import type { Context } from './context.ts';
import { coverage } from './coverage.ts';
import { findings } from './findings.ts';
import { goingOn, proposal } from './going-on.ts';
import { byAccount, byHost, byProvider, byTactic } from './groups.ts';
import { html, markup } from './html.ts';
import { heldBack, rules, unanswered, unread } from './limits.ts';
import { listFindings } from './listing.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';
import { basis, firstThings, masthead, verdictWords } from './verdict.ts';

/** The page may show itself and run its own script, and nothing more: no request leaves it, no form, no frame, no plug-in. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; base-uri 'none'; form-action 'none'`;

export interface PageOptions {
  /** IANA zone in which times are shown; the organisation's, or UTC */
  readonly zone: string;
  /** names of the files that stand beside the report */
  readonly beside: readonly string[];
}

/** The report as one self-contained page, in pieces. Its size is bounded whatever the scan found. */
export function* reportPage(result: ScanResult, { zone, beside }: PageOptions): Generator<string> {
  const context: Context = { result, clock: zoneClock(zone), listing: listFindings(result) };
  const { summary } = result;
  const name = summary.organization === null ? '' : ` for ${summary.organization}`;
  yield html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex"><title>${`${verdictWords[summary.verdict.state]}: Chaperone report${cut(name, 100)}`}</title><style>${markup(style)}</style></head>
<body><a class="skip" href="#main">Skip to the findings that matter</a><div class="page">
`.text;
  yield masthead(context).text;
  yield navigation(context);
  yield html`<main id="main" tabindex="-1"><div class="two">${firstThings(context)}<div>${basis(context)}${goingOn(context)}</div></div>\n`
    .text;
  for (const part of [
    timeline,
    byProvider,
    byAccount,
    byHost,
    byTactic,
    findings,
    accounts,
    coverage,
    unanswered,
    heldBack,
    unread,
    rules,
    proposal,
  ])
    yield part(context).text;
  yield html`</main><footer><p>Chaperone ${summary.version} · scan from ${summary.started} to ${summary.finished} (UTC) · ${summary.paths.length === 1 ? '' : `${number(summary.paths.length)} paths: `}${cut(summary.paths.join(', '), 1000)}</p><p>Beside this report: ${beside.map((file, i) => html`${i > 0 ? ', ' : ''}<code>${file}</code>`)}. To see why a rule fires on an event, or doesn’t: <code>chaperone rules explain RULE FILE#RECORD</code>.</p></footer></div><script>${markup(script)}</script></body></html>\n`
    .text;
}

function navigation({ result, listing }: Context): string {
  const { summary } = result;
  const links: (readonly [string, string, number | undefined])[] = [
    ['first', 'First', undefined],
    ['next', 'How to go on', undefined],
    ['timeline', 'When', undefined],
    ['providers', 'Providers', result.by_provider.length],
    ['by-account', 'Accounts', result.by_account.length],
    ['hosts', 'Hosts', result.by_host.length],
    ['tactics', 'Tactics', result.by_tactic.length],
    ['findings', 'Findings', listing.total],
    ['accounts', 'Last use', summary.accounts.length],
    ['coverage', 'Coverage', summary.coverage.sources.length],
    ['unanswered', 'Not answered', summary.coverage.unanswered.length],
    ...(summary.exceptions === undefined
      ? []
      : [['held', 'Held back', summary.exceptions.reduce((sum, one) => sum + one.held_back, 0)] as const]),
    ['unread', 'Not read', summary.files.unread.length + summary.records.unread],
    ['rules', 'Rules', undefined],
  ];
  return html`<nav aria-label="Sections"><ul>${links.map(
    ([id, title, count]) =>
      html`<li><a href="#${id}">${title}${count === undefined ? '' : html`<small>${number(count)}</small>`}</a></li>`,
  )}</ul></nav>\n`.text;
}
