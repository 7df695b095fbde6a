import { refuse } from '../errors.ts';
import { compileRegex, type LinearRegex } from '../modifiers/regex.ts';

/**
 * Compiles an expression of a pipeline. Python's `match` begins at the start of the text, its `sub` and `search` don't.
 */
export function pipelineRegex(source: string, at: number, anchored: boolean): LinearRegex {
  const result = compileRegex(anchored ? `^(?:${source})` : source, '');
  if (result.ok) return result.regex;
  refuse('pipeline-structure', at, result.message, result.mend);
}

interface Match extends Array<string | undefined> {
  readonly index: number;
  readonly groups?: Readonly<Record<string, string | undefined>>;
}

/** Python's `re.sub`: `\1`, `\g<1>` and `\g<name>` in the replacement are groups. */
export function substitute(regex: LinearRegex, replacement: string, text: string): string {
  let out = '';
  let from = 0;
  for (const match of regex.matchAll(text) as Iterable<Match>) {
    out += text.slice(from, match.index) + expandGroups(replacement, match);
    from = match.index + (match[0] ?? '').length;
  }
  return out + text.slice(from);
}

function expandGroups(replacement: string, match: Match): string {
  return replacement.replace(
    /\\(?:(\d{1,2})|g<(\w+)>|([\s\S]))/g,
    (_, index?: string, name?: string, other?: string) => {
      if (other !== undefined)
        return other === 'n' ? '\n' : other === 't' ? '\t' : other === '\\' ? '\\' : `\\${other}`;
      const key = index ?? name!;
      return (/^\d+$/.test(key) ? match[Number(key)] : match.groups?.[key]) ?? '';
    },
  );
}
