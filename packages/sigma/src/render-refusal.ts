import type { Refusal } from './ast.ts';
import { printable } from './printable.ts';

/** Columns of a source line that are shown. */
const WIDTH = 100;

/**
 * A refusal or warning for a terminal, with the line of the file and a caret below the place:
 *
 *     error[modifier-unknown]: there is no modifier `contain`
 *       --> rules/whoami.yml:9:15
 *        |
 *      9 |         Image|contain: 'whoami'
 *        |               ^
 *        = mend: Did you mean `contains`?
 *
 * Plain text without colours. Whatever the file holds is shown printable: it can't write escape codes.
 * @param text the text of the file, where it is at hand
 */
export function renderRefusal(refusal: Refusal, text?: string): string {
  const { severity, code, message, file, line, column, rule, mend } = refusal;
  const gutter = ' '.repeat(String(line).length + 1);
  const out = [`${severity}[${code}]: ${printable(message)}`, `${gutter}--> ${printable(file)}:${line}:${column}`];
  const source = text?.split('\n', line)[line - 1]?.replace(/\r$/, '');
  if (source !== undefined) {
    const { shown, caret } = window(source, column - 1);
    out.push(`${gutter} |`, ` ${line} | ${shown}`, `${gutter} | ${' '.repeat(caret)}^`);
  }
  if (rule !== undefined)
    out.push(`${gutter} = rule: ${printable(rule.length > 120 ? `${rule.slice(0, 117)}...` : rule)}`);
  out.push(`${gutter} = mend: ${printable(mend)}`);
  return out.join('\n');
}

/** The part of a line around a column, printable, and where the caret goes under it. */
function window(source: string, column: number): { shown: string; caret: number } {
  const from = column <= WIDTH - 20 ? 0 : column - (WIDTH - 20);
  const cut = source.slice(from, from + WIDTH);
  const lead = from > 0 ? '...' : '';
  const before = printable(cut.slice(0, column - from).replaceAll('\t', '    '));
  const after = printable(cut.slice(column - from).replaceAll('\t', '    '));
  const tail = from + WIDTH < source.length ? '...' : '';
  return { shown: `${lead}${before}${after}${tail}`, caret: lead.length + columns(before) };
}

/** Columns of a terminal that a text takes: East Asian wide characters take two, combining marks none. */
function columns(text: string): number {
  let width = 0;
  for (const char of text) {
    if (/\p{M}/u.test(char)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return width;
}
