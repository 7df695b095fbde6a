import type { ConditionTrace, ItemTrace, LogSource, NodeTrace, Offer } from '@chaperone/sigma';
import { cut, inert } from '../../report/index.ts';
import type { Paint } from '../terminal/paint.ts';
import { pad, wrap } from '../terminal/text-width.ts';
import type { Explained } from './rules-explain.ts';

interface Look {
  readonly paint: Paint;
  readonly columns: number;
}

/** Characters of a value on each side of the part that matched. */
const around = 120;

/** An explanation for a terminal: whether the rule fires, then each selection with each item, what it met, and which part matched. */
export function explanationText({ rule, event, offers, applies, fires, explanation }: Explained, look: Look): string {
  const { paint, columns } = look;
  const lines: string[] = [];
  const say = (label: string, text: string) => {
    for (const [i, line] of wrap(text, Math.max(30, columns - 8)).entries())
      lines.push(`${paint.dim(pad(i === 0 ? label : '', 8))}${line}`);
  };
  say('Rule', inert(`${rule.title} (${rule.level}, ${rule.id})`));
  if (event === undefined)
    say('Event', 'a JSON object of no format that we know: its log source can’t be told, so only the tests were tried');
  else {
    const at = event.time === undefined ? 'no time stated' : new Date(event.time / 1000).toISOString();
    say('Event', inert(`${event.class}, ${event.file} record ${event.record}, ${at}`));
    say('', `is offered to rules as ${offers.map(sourceText).join('; or ') || 'nothing'}`);
    say(
      '',
      `the rule asks for ${sourceText(rule.logsource)}: ${applies ? 'applies' : 'does not apply to such events'}`,
    );
  }
  const verdict = fires ? paint.level('high', 'The rule fires.') : paint.bold('The rule does not fire.');
  const why = !applies ? ' Its log source does not fit; what its tests would say:' : '';
  lines.push('', `${verdict}${why}`, `${paint.dim('condition')} ${conditionText(explanation.condition, true)}`);
  for (const selection of explanation.selections) {
    lines.push('', `${word(selection.held, paint)} ${paint.bold(inert(selection.name))}`);
    nodeLines(selection.node, 1, look, lines);
  }
  return `${lines.join('\n')}\n\n`;
}

function nodeLines(node: NodeTrace, depth: number, look: Look, lines: string[]): void {
  const indent = '  '.repeat(Math.min(depth, 12));
  if (node.kind === 'item') itemLines(node, indent, look, lines);
  // a list of one is its member
  else if (node.kind !== 'not' && node.of.length === 1 && node.omitted === 0) nodeLines(node.of[0], depth, look, lines);
  else if (node.kind === 'not') {
    lines.push(`${indent}${word(node.held, look.paint)} not:`);
    nodeLines(node.of, depth + 1, look, lines);
  } else {
    if (depth > 1 || node.kind === 'any')
      lines.push(`${indent}${word(node.held, look.paint)} ${node.kind === 'all' ? 'all of:' : 'one of:'}`);
    for (const each of node.of) nodeLines(each, depth + 1, look, lines);
    if (node.omitted > 0)
      lines.push(
        `${indent}  ${look.paint.dim(`and ${node.omitted} more that ${node.held ? 'were not needed' : 'fail'}`)}`,
      );
  }
}

function itemLines(item: ItemTrace, indent: string, { paint }: Look, lines: string[]): void {
  const source = item.sourceField === undefined ? '' : ` (here ${inert(item.sourceField)})`;
  lines.push(
    `${indent}${word(item.held, paint)} ${inert(item.key === '' ? 'keyword' : item.key)}${source}: ${inert(cut(item.written, 200))} ${paint.dim(`line ${item.line}`)}`,
  );
  const gap = `${indent}      `;
  if (item.value === undefined)
    lines.push(`${gap}${paint.dim(item.field === null ? 'no value of the event' : 'the event holds no such field')}`);
  else lines.push(`${gap}${paint.dim('value')} ${excerpt(item.value, paint)}`);
}

function excerpt({ text, offset, length, matched }: NonNullable<ItemTrace['value']>, paint: Paint): string {
  const before = offset > 0 ? '… ' : '';
  const after = offset + text.length < length ? ' …' : '';
  if (matched === undefined) return before + inert(cut(text, 2 * around)) + after;
  const from = Math.max(0, Math.min(text.length, matched[0] - offset));
  const to = Math.max(from, Math.min(text.length, matched[1] - offset));
  const start = Math.max(0, from - around);
  const end = Math.min(text.length, to + around);
  const middle = inert(cut(text.slice(from, to), 2 * around));
  return `${start > 0 ? '… ' : before}${inert(text.slice(start, from))}${middle === '' ? '' : paint.mark(middle)}${inert(text.slice(to, end))}${end < text.length ? ' …' : after}`;
}

/** The condition with what became of each part. */
function conditionText(trace: ConditionTrace, top = false): string {
  const state = trace.held ? 'holds' : 'fails';
  if (trace.kind === 'selection') return `${inert(trace.name)} (${state})`;
  if (trace.kind === 'of') return `${inert(trace.written)} (${state})`;
  if (trace.kind === 'not') return `not ${conditionText(trace.of)}`;
  const text = trace.of.map((each) => conditionText(each)).join(` ${trace.kind} `);
  return top ? text : `(${text})`;
}

function word(held: boolean, paint: Paint): string {
  return held ? paint.good('holds') : paint.dim('fails');
}

function sourceText(source: LogSource | Offer): string {
  return inert(
    (['product', 'category', 'service'] as const)
      .flatMap((part) => (source[part] === undefined ? [] : [`${part} ${source[part]}`]))
      .join(', ') || 'anything',
  );
}
