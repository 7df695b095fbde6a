import { escapeSigmaString } from '../modifiers/sigma-string.ts';

/**
 * How a regular expression without any choice in it can be said by modifiers: `^cmd\.exe$` is `cased`, `(?i)foo` is
 * `contains`. Undefined where it really needs an expression.
 */
export function plainForm(source: string, insensitive: boolean): { modifiers: string; text: string } | undefined {
  let body = source;
  let cased = !insensitive;
  if (body.startsWith('(?i)')) {
    cased = false;
    body = body.slice(4);
  }
  const atStart = body.startsWith('^');
  if (atStart) body = body.slice(1);
  const atEnd = /(?:^|[^\\])(?:\\\\)*\$$/.test(body);
  if (atEnd) body = body.slice(0, -1);
  if (!atStart) body = body.replace(/^\.\*/, '');
  const open = /(?:^|[^\\])(?:\\\\)*\.\*$/.test(body);
  if (open && !atEnd) body = body.slice(0, -2);
  const text = literal(body);
  if (text === undefined || text === '') return undefined;
  const place = atStart ? (atEnd ? '' : 'startswith') : atEnd ? 'endswith' : 'contains';
  const modifiers = [...(cased ? ['cased'] : []), ...(place === '' ? [] : [place])].join('|');
  return { modifiers, text: escapeSigmaString(text) };
}

/** The text that an expression without metacharacters stands for. */
function literal(body: string): string | undefined {
  let out = '';
  for (let i = 0; i < body.length; i++) {
    const char = body[i];
    if (char === '\\') {
      const next = body[++i];
      // an escaped letter or digit is a class, an anchor or a control character
      if (next === undefined || /[A-Za-z0-9]/.test(next)) return undefined;
      out += next;
    } else if ('.^$*+?()[]{}|'.includes(char)) return undefined;
    else out += char;
  }
  return out;
}
