import type { Problem } from '../../detection/index.ts';
import { cut } from '../inert.ts';
import { counted, number } from '../words.ts';
import { type Context, figures, levelOf, section, table } from './context.ts';
import { facetKey } from './groups.ts';
import { type Html, html } from './html.ts';

const mostRows = 200;

/** Questions that these logs can't answer, and what would let us. */
export function unanswered({ result }: Context): Html {
  const { unanswered: open } = result.summary.coverage;
  if (open.length === 0)
    return section(
      'unanswered',
      'What could not be answered',
      html`<p>Every question that the scan asks could be answered from these logs.</p>`,
    );
  return section(
    'unanswered',
    'What could not be answered',
    html`<ul class="open">${open.map(({ question, reason, mend }) => html`<li><h3>${cut(question, 300)}</h3><p>${cut(reason, 600)}</p><p class="mend">${cut(mend, 600)}</p></li>\n`)}</ul>`,
    'These are gaps, not good news: nothing here says yes or no.',
  );
}

/** What the registry's exceptions held back, and findings that were too many to list; nothing where there is neither. */
export function heldBack({ result }: Context): Html {
  const { exceptions = [], findings } = result.summary;
  if (exceptions.length === 0 && findings.omitted === undefined) return html``;
  const rows = exceptions.slice(0, mostRows).map(
    (one) =>
      html`<th scope="row">${cut(one.term, 200)}</th><td>${[one.provider, one.account, one.host]
        .filter((part) => part !== null)
        .map((part) => cut(part, 200))
        .join(
          ', ',
        )}</td><td class="n">${number(one.held_back)}</td><td class="wide">${cut(one.reason, 600)}</td><td>${cut(one.owner, 200)}</td><td>${one.end}</td>`,
  );
  return section(
    'held',
    'What was held back',
    rows.length === 0
      ? html``
      : table('Exceptions', ['Term or check', 'Only for', figures('Held back'), 'Why', 'Owner', 'Until'], rows, {
          shown: true,
          more:
            exceptions.length > mostRows
              ? `${counted(exceptions.length - mostRows, 'more')} in summary.json.`
              : undefined,
        }),
    findings.omitted === undefined
      ? 'The registry says that these are known and accepted for a time.'
      : `${counted(findings.omitted, 'finding')} of terms more than are listed here: there were too many.`,
  );
}

/** What could not be read, why, and the mend. */
export function unread({ result }: Context): Html {
  const { files, records, notices = [] } = result.summary;
  if (files.unread.length === 0 && records.problems.length === 0 && records.unread === 0 && notices.length === 0)
    return section('unread', 'What could not be read', html`<p>Every file and every record could be read.</p>`);
  return section(
    'unread',
    'What could not be read',
    [
      files.unread.length === 0 ? html`` : problems('Files that could not be read', files.unread),
      records.problems.length === 0 ? html`` : problems('Records that could not be read', records.problems),
      notices.length === 0 ? html`` : problems('Mistakes in your own files, whose rest was used', notices),
    ],
    `${counted(files.unread.length, 'file')} and ${counted(records.unread, 'record')} were not read. What stood in them is not in this report.`,
  );
}

function problems(caption: string, list: readonly Problem[]): Html {
  const rows = list
    .slice(0, mostRows)
    .map(
      (problem) =>
        html`<th scope="row" class="file"><code>${cut(problem.file, 400)}</code>${problem.line === undefined ? '' : html` <small>line ${number(problem.line)}</small>`}${
          problem.record === undefined ? '' : html` <small>record ${number(problem.record)}</small>`
        }${
          problem.offset === undefined ? '' : html` <small>byte ${number(problem.offset)}</small>`
        }</th><td class="wide">${cut(problem.reason, 600)} <small>${cut(problem.code, 80)}</small></td><td class="n">${problem.records === undefined ? '' : number(problem.records)}</td><td class="wide">${cut(problem.mend, 600)}</td>`,
    );
  return table(caption, ['File', 'Why', figures('Records'), 'What helps'], rows, {
    shown: true,
    more: list.length > mostRows ? `${counted(list.length - mostRows, 'more')} in summary.json.` : undefined,
  });
}

/** Which rules found what, and which could not run. */
export function rules({ result, listing }: Context): Html {
  const { rules: loaded, findings } = result.summary;
  const shown = new Map<string, number>();
  for (const { rule } of listing.findings) shown.set(rule.id, (shown.get(rule.id) ?? 0) + 1);
  const found = findings.by_rule
    .slice(0, mostRows)
    .map(
      (rule) =>
        html`<th scope="row">${cut(rule.title, 300)}</th><td>${levelOf(rule.level)}</td><td class="n"><span data-facet="rule" data-value="${facetKey(rule.id)}">${number(rule.count)}</span></td><td class="n">${number(shown.get(rule.id) ?? 0)}</td>`,
    );
  const refused = loaded.refused
    .slice(0, mostRows)
    .map(
      (refusal) =>
        html`<th scope="row"><code>${cut(refusal.file, 400)}</code> <small>line ${number(refusal.line)}</small></th><td>${refusal.rule === null ? '' : cut(refusal.rule, 200)}</td><td class="wide">${cut(refusal.reason, 600)} <small>${cut(refusal.code, 80)}</small></td><td class="wide">${cut(refusal.mend, 600)}</td>`,
    );
  return section(
    'rules',
    'Rules',
    [
      found.length === 0
        ? html`<p>No rule found anything.</p>`
        : table('Rules that found something', ['Rule', 'Level', figures('Findings'), figures('Listed here')], found, {
            shown: true,
            more:
              findings.by_rule.length > mostRows
                ? `${counted(findings.by_rule.length - mostRows, 'more rule')} in summary.json.`
                : undefined,
          }),
      refused.length === 0
        ? html`<p>No rule was refused.</p>`
        : table('Rules that could not run', ['Where', 'Rule', 'Why', 'What helps'], refused, {
            shown: true,
            more:
              loaded.refused.length > mostRows
                ? `${counted(loaded.refused.length - mostRows, 'more')} in summary.json.`
                : undefined,
          }),
    ],
    `${counted(loaded.loaded, 'rule')} ran, ${number(loaded.refused.length)} could not, ${counted(loaded.warnings, 'warning')}.`,
  );
}
