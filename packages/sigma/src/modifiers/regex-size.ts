/**
 * About how many instructions an expression compiles to, found without compiling: counted repetitions multiply, so a
 * few kilobytes of `x{999}` take seconds and hundreds of megabytes before a compiler can say how large they are.
 *
 *     ab{3}(c[de]){10}   1 + 3 + 2 x 10 = 24
 */
export function estimateSize(source: string): number {
  const outer: number[] = [];
  let total = 0;
  let last = 0;
  const atom = (): void => {
    last = 1;
    total++;
  };
  for (let i = 0; i < source.length; i++) {
    const char = source[i];
    if (char === '\\') {
      i = escapeEnd(source, i);
      atom();
    } else if (char === '[') {
      i = classEnd(source, i);
      atom();
    } else if (char === '(') {
      outer.push(total);
      total = 0;
    } else if (char === ')') {
      last = total + 2;
      total = (outer.pop() ?? 0) + last;
    } else if (char === '{') {
      COUNTS.lastIndex = i;
      const counts = COUNTS.exec(source);
      if (counts === null) atom();
      else {
        const times = Math.max(1, Number(counts[1]), Number(counts[2] || 0));
        total += last * (times - 1);
        last *= times;
        i += counts[0].length - 1;
      }
    } else if (char === '*' || char === '+' || char === '?' || char === '|') total++;
    else atom();
    if (total > Number.MAX_SAFE_INTEGER) return total;
  }
  return outer.reduce((sum, size) => sum + size, total);
}

const COUNTS = /\{(\d+)(?:,(\d*))?\}/y;

/** The last character of an escape: `\p{Greek}` and `\x{41}` are longer than two. */
function escapeEnd(source: string, at: number): number {
  const letter = source[at + 1];
  if ((letter === 'p' || letter === 'P' || letter === 'x') && source[at + 2] === '{') {
    const end = source.indexOf('}', at);
    if (end > 0) return end;
  }
  return at + 1;
}

/** The bracket that closes a class; one right behind `[` or `[^` is a member. */
function classEnd(source: string, at: number): number {
  let i = source[at + 1] === '^' ? at + 2 : at + 1;
  if (source[i] === ']') i++;
  for (; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === ']') return i;
  }
  return source.length;
}
