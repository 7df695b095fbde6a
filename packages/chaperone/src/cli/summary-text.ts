import type { Problem, ScanResult } from '../detection/index.ts';
import { counted, cut, duration, inert, levels, number, size, verdictWords } from '../report/index.ts';
import type { Paint } from './terminal/paint.ts';
import { pad, wrap } from './terminal/text-width.ts';

const labelWidth = 14;

/** What the scan says at its end, for a tired person: the answer, what to look at, what it rests on, where the rest is. */
export function summaryText(
  result: ScanResult,
  {
    paint,
    columns,
    report,
    proposal,
  }: { paint: Paint; columns: number; report: string /** the proposed registry’s file */; proposal?: string },
): string {
  const width = Math.min(100, Math.max(40, columns));
  const lines: string[] = [];
  const { summary } = result;
  const say = (label: string, texts: readonly string[]) => {
    for (const [index, text] of texts.entries())
      for (const [row, line] of wrap(text, width - labelWidth).entries())
        lines.push(`${paint.dim(pad(index === 0 && row === 0 ? label : '', labelWidth))}${line}`);
  };
  lines.push('', paint.bold(verdictWords[summary.verdict.state]), ...wrap(inert(summary.verdict.text), width));
  if (summary.interrupted === true)
    lines.push(paint.bold('Stopped before the end: this is what was found until then.'));
  if (summary.first.length > 0) {
    lines.push('', paint.bold('Look at these first'));
    for (const [index, { title, why, level }] of summary.first.entries()) {
      const head = `${index + 1}  ${level}  `;
      const [first, ...rest] = wrap(inert(cut(title, 300)), width - head.length);
      lines.push(
        `${index + 1}  ${paint.level(level, level)}  ${paint.bold(first)}`,
        ...rest.map((line) => `   ${line}`),
      );
      lines.push(...wrap(inert(cut(why, 600)), width - 3).map((line) => `   ${line}`));
    }
  }
  lines.push('');
  say('Findings', [findingsLine(summary.findings)]);
  if (summary.findings.by_provider.length > 0)
    say('By provider', [
      list(
        summary.findings.by_provider.map(
          ({ provider, count }) => `${name(provider, 'no provider known')} ${number(count)}`,
        ),
      ),
    ]);
  if (result.by_account.length > 0)
    say('By account', [
      list(result.by_account.map((group) => `${account(group.name, result)} ${number(group.count)}`)),
    ]);
  say('Was there', coverage(summary.coverage.sources));
  say(
    'Not answered',
    bounded(summary.coverage.unanswered, 4, ({ question, reason }) => `${inert(question)} ${inert(cut(reason, 300))}`),
  );
  say('Not read', unread(summary));
  say('Read', [
    `${counted(summary.files.read, 'file')}, ${size(summary.bytes.read)}, ${counted(summary.records.read, 'record')} in ${duration(summary.seconds)}; ${counted(summary.rules.loaded, 'rule')}${summary.rules.refused.length > 0 ? `, ${number(summary.rules.refused.length)} refused` : ''}`,
  ]);
  const held = heldBack(summary);
  if (held.length > 0) say('Held back', held);
  if (summary.notices !== undefined && summary.notices.length > 0) say('Your files', notices(summary.notices));
  lines.push('');
  say('Report', [report]);
  if (proposal !== undefined)
    say('Proposed', [
      proposal,
      'a registry made from what was seen: check every line, then scan again with --registry',
    ]);
  return `${lines.join('\n')}\n`;
}

function findingsLine({ total, by_level }: ScanResult['summary']['findings']): string {
  if (total === 0) return 'none';
  return levels
    .filter((level) => by_level[level] > 0)
    .map((level) => `${number(by_level[level])} ${level}`)
    .join(', ');
}

function name(text: string | null, none: string): string {
  return text === null || text === '' ? none : inert(cut(text, 80));
}

/** An account with its provider; the engine's group for events that name none is said in words. */
function account(text: string, { summary }: ScanResult): string {
  if (text === '(not named)') return 'no account named';
  const provider = summary.accounts.find((each) => each.account === text)?.provider;
  return provider === undefined || provider === null
    ? name(text, 'no account named')
    : `${name(text, '')} (${name(provider, '')})`;
}

function list(parts: readonly string[]): string {
  return parts.length > 6 ? `${parts.slice(0, 6).join(', ')} and ${number(parts.length - 6)} more` : parts.join(', ');
}

function bounded<T>(items: readonly T[], most: number, text: (item: T) => string): string[] {
  const shown = items.slice(0, most).map(text);
  return items.length > most ? [...shown, `and ${number(items.length - most)} more in the report`] : shown;
}

function coverage(sources: ScanResult['summary']['coverage']['sources']): string[] {
  if (sources.length === 0) return ['no log source was recognised'];
  const days = [...new Set(sources.flatMap((source) => source.days))].sort();
  const span =
    days.length === 0 ? 0 : Math.round((Date.parse(days[days.length - 1]) - Date.parse(days[0])) / 86_400_000) + 1;
  const head = `${counted(sources.length, 'source')}${days.length === 0 ? '' : `, ${days[0]} to ${days[days.length - 1]}`}`;
  return [
    head,
    ...bounded(
      sources,
      6,
      (source) =>
        `${inert(source.kind)}${source.host === null ? '' : ` from ${inert(cut(source.host, 80))}`}: ${number(source.days.length)} of ${counted(span, 'day')}`,
    ),
  ];
}

/** What exceptions held back, and what was too much to list: counted, and never left out in silence. */
function heldBack({ exceptions = [], findings }: ScanResult['summary']): string[] {
  const holding = exceptions.filter((one) => one.held_back > 0);
  const lines = bounded(
    holding,
    4,
    ({ term, owner, reason, end, held_back }) =>
      `${counted(held_back, 'finding')} by the exception for ${inert(cut(term, 120))} until ${end} (${inert(cut(owner, 80))}: ${inert(cut(reason, 200))})`,
  );
  if (findings.omitted !== undefined)
    lines.push(`${counted(findings.omitted, 'finding')} of terms beyond what is listed: there were too many`);
  return lines;
}

/** Mistakes in what the user gave beside the logs, at their places. */
function notices(list: readonly Problem[]): string[] {
  const place = ({ file, line, column }: Problem) =>
    [inert(cut(file, 200)), line, column].filter((part) => part !== undefined).join(':');
  return [
    `${counted(list.length, 'mistake')}; the rest of these files was used`,
    ...bounded(
      list,
      4,
      (one) =>
        `${place(one)}: ${one.severity ?? 'warning'}: ${inert(cut(one.reason, 300))} ${inert(cut(one.mend, 300))}`,
    ),
  ];
}

function unread({ files, records }: ScanResult['summary']): string[] {
  if (files.unread.length === 0 && records.unread === 0) return ['nothing: every file and record could be read'];
  const problems = [...files.unread, ...records.problems];
  return [
    `${counted(files.unread.length, 'file')} and ${counted(records.unread, 'record')}`,
    ...bounded(problems, 4, ({ file, reason }) => `${inert(cut(file, 200))}: ${inert(cut(reason, 300))}`),
  ];
}
