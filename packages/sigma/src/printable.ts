/**
 * Makes text from rules and logs harmless where people read it: control characters (the escape codes of a terminal
 * among them), marks that reverse the direction of writing, invisible characters and lone surrogates are shown as
 * `\x1b` or `\u{202e}`. A line break is shown too, so that text stays on its line.
 */
export function printable(text: string): string {
  return UNSAFE.test(text) ? text.replace(EVERY_UNSAFE, escapeUnit) : text;
}

const CLASS =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]|\\p{Cs}';
const UNSAFE = new RegExp(CLASS, 'u');
const EVERY_UNSAFE = new RegExp(CLASS, 'gu');

function escapeUnit(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\r') return '\\r';
  if (char === '\t') return '\\t';
  const code = char.codePointAt(0)!;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
