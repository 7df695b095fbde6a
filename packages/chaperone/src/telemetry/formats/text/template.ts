/**
 * Messages written for people, read without regular expressions. A template is the message with its variable parts in
 * braces:
 *
 *     Failed {method} for {user+} from {src_ip} port {src_port} ssh2
 *
 * A part reaches to the first place where the text that follows it in the template stands. From a part with `+` on, the
 * template is read from the right: every text stands at its last place. That is what a part needs which an attacker may
 * choose: a user called `root from 10.0.0.1 port 1` doesn't move the address. `?` and `*` are the same but may be empty.
 * `{}` is read over. Each part costs one search, so a match is linear in the text for each part, whatever the text.
 */
export interface Template {
  readonly names: readonly string[];
  /** the parts in order of `names`, or undefined where the text isn't of this form; what follows the template is ignored */
  match(text: string, from?: number): (string | undefined)[] | undefined;
}

interface Part {
  readonly slot: number;
  readonly last: boolean;
  readonly empty: boolean;
  /** the literal that ends it; empty: it takes the rest */
  readonly until: string;
}

/** Compiles a template. Throws a TypeError for one that can't be read. */
export function template(pattern: string): Template {
  const open = pattern.indexOf('{');
  const head = open < 0 ? pattern : pattern.slice(0, open);
  const names: string[] = [];
  const parts: Part[] = [];
  for (let at = open; at >= 0 && at < pattern.length; ) {
    const close = pattern.indexOf('}', at);
    if (close < 0) throw new TypeError(`template part without end: ${pattern}`);
    const next = pattern.indexOf('{', close);
    const until = pattern.slice(close + 1, next < 0 ? pattern.length : next);
    if (until === '' && next >= 0) throw new TypeError(`template parts without text between them: ${pattern}`);
    const inner = pattern.slice(at + 1, close);
    const mark = /[+*?]$/.exec(inner)?.[0] ?? '';
    const name = inner.slice(0, inner.length - mark.length);
    parts.push({
      slot: name === '' ? -1 : names.push(name) - 1,
      last: mark === '+' || mark === '*',
      empty: mark === '?' || mark === '*' || name === '',
      until,
    });
    at = next;
  }
  return { names, match: (text, from = 0) => match(text, from, head, parts, names.length) };
}

function match(
  text: string,
  from: number,
  head: string,
  parts: readonly Part[],
  count: number,
): (string | undefined)[] | undefined {
  if (!text.startsWith(head, from)) return undefined;
  const values: (string | undefined)[] = new Array(count).fill(undefined);
  let at = from + head.length;
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    if (part.last) return matchFromRight(text, at, parts, index, values);
    const end = part.until === '' ? text.length : text.indexOf(part.until, at);
    if (end < at || (end === at && !part.empty)) return undefined;
    if (part.slot >= 0) values[part.slot] = text.slice(at, end);
    at = end + part.until.length;
  }
  return values;
}

/** The parts from `first` on, each ended by the last place of its text before that of the next part. */
function matchFromRight(
  text: string,
  start: number,
  parts: readonly Part[],
  first: number,
  values: (string | undefined)[],
): (string | undefined)[] | undefined {
  let limit = text.length;
  for (let index = parts.length - 1; index >= first; index -= 1) {
    const part = parts[index];
    const end = part.until === '' ? limit : text.lastIndexOf(part.until, limit - part.until.length);
    // lastIndexOf takes a negative position for 0
    if (end < start || end + part.until.length > limit) return undefined;
    let from = start;
    if (index > first) {
      const before = parts[index - 1].until;
      const at = text.lastIndexOf(before, end - before.length);
      if (at < start || at + before.length > end) return undefined;
      from = at + before.length;
    }
    if (from > end || (from === end && !part.empty)) return undefined;
    if (part.slot >= 0) values[part.slot] = text.slice(from, end);
    limit = index > first ? from : end;
  }
  return values;
}
