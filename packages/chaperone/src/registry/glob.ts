/** Longest pattern that is looked at: names are short, and a pattern is tried against every new name. */
const MAX_PATTERN = 256;

/**
 * A pattern with `*` (any text) and `?` (one character), without case. Never backtracks further than the last `*`, so a hostile
 * value costs at most pattern length times value length.
 */
export function glob(pattern: string): (value: string) => boolean {
  const wanted = pattern.slice(0, MAX_PATTERN).toLowerCase();
  if (!/[*?]/.test(wanted)) return (value) => value.toLowerCase() === wanted;
  return (value) => matches(wanted, value.toLowerCase());
}

/** Whether a text is a pattern rather than a plain name. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

function matches(pattern: string, value: string): boolean {
  let p = 0;
  let v = 0;
  let star = -1;
  let mark = 0;
  while (v < value.length) {
    const c = pattern[p];
    if (c === '*') {
      star = p++;
      mark = v;
    } else if (c !== undefined && (c === '?' || c === value[v])) {
      p++;
      v++;
    } else if (star >= 0) {
      p = star + 1;
      v = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
