/** Pairs beyond this aren't kept: a line may be an attacker's. */
const MAX_PAIRS = 512;

/**
 * Reads `key=value key="quoted value" ...` and calls back with each pair. In quoted values `\"` and `\\` are escapes; an
 * unquoted value ends at a space; a quote without end takes the rest. Words without `=` are passed over. One walk.
 */
export function scanPairs(text: string, from: number, pair: (key: string, value: string) => void): void {
  const { length } = text;
  let at = from;
  let count = 0;
  while (at < length && count < MAX_PAIRS) {
    while (at < length && text.charCodeAt(at) === 32) at += 1;
    const start = at;
    let code = 0;
    while (at < length) {
      code = text.charCodeAt(at);
      if (code === 61 || code === 32) break;
      at += 1;
    }
    if (at >= length) return;
    if (code === 32) continue;
    const key = text.slice(start, at);
    at += 1;
    if (text.charCodeAt(at) === 34) {
      const end = quoteEnd(text, at + 1);
      if (key !== '') pair(key, unquote(text, at + 1, end));
      at = end + 1;
    } else {
      let end = text.indexOf(' ', at);
      if (end < 0) end = length;
      if (key !== '') pair(key, text.slice(at, end));
      at = end;
    }
    count += 1;
  }
}

/** The position of the closing quote, or the text's end. */
function quoteEnd(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at > 0) {
    // An odd number of backslashes before it: the quote belongs to the value
    let back = at - 1;
    while (back >= from && text.charCodeAt(back) === 92) back -= 1;
    if ((at - 1 - back) % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
}

function unquote(text: string, from: number, to: number): string {
  const value = text.slice(from, to);
  return value.includes('\\') ? value.replace(/\\(["\\])/g, '$1') : value;
}
