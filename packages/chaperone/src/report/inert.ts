/**
 * Text from a log, made harmless for any place that shows text: a terminal, a page, a sheet, a JSON viewer.
 *
 * What could act on the reader or hide from them is written out as `\u{..}` (tab and line ends as `\t`, `\r`, `\n`): control characters (so no escape sequence
 * reaches a terminal), characters that turn the direction of writing, characters without width, tags, line separators,
 * lone surrogates, and the tail of a pile of combining marks. What remains is what can be seen.
 *
 * @example
 * inert('\u001b[2Jok')      // '\\u{1b}[2Jok'
 * inert('a\u202Egpj.exe')   // 'a\\u{202e}gpj.exe'
 */
export function inert(text: string): string {
  return plain.test(text) || !dangerous.test(text) ? text : text.replace(everyDangerous, spell);
}

/** As {@link inert}, but line ends (as `\n`) and tabs stay: for blocks of raw text that are shown with their layout. */
export function inertBlock(text: string): string {
  return text.replace(/\r\n?/g, '\n').split('\n').map(keepTabs).join('\n');
}

/** Cuts to a length in UTF-16 units without splitting a character, and says what was left out. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const high = text.charCodeAt(most - 1) >= 0xd800 && text.charCodeAt(most - 1) <= 0xdbff;
  const kept = high ? most - 1 : most;
  return `${text.slice(0, kept)} … (${text.length - kept} more characters)`;
}

// All of Cf beside; Cc; soft hyphen; Arabic letter mark; Hangul and Khmer fillers; Mongolian vowel separator; zero width, marks of direction,
// separators, embeddings, isolates; BOM and interlinear annotations; tags and variation selectors beyond emoji's FE0F.
const set =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202f' +
  '\\u2060-\\u206f\\u3164\\ufe00-\\ufe0e\\ufeff\\uffa0\\ufdd0-\\ufdef\\ufff0-\\ufffb\\ufffe\\uffff\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}';
const pattern = `[${set}\\p{Cf}\\p{Cs}]|(?<=\\p{M}{4})\\p{M}`;
// most text is this, and telling so costs a tenth
const plain = /^[\x20-\x7e]*$/;
const dangerous = new RegExp(pattern, 'u');
const everyDangerous = new RegExp(pattern, 'gu');

function spell(character: string): string {
  if (character === '\t') return '\\t';
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

function keepTabs(line: string): string {
  return line.split('\t').map(inert).join('\t');
}
