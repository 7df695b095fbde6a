import type { TemporalCondition } from '../ast.ts';
import { quote, refuse } from '../errors.ts';
import type { Reference } from '../load/draft.ts';
import type { YamlScalar } from '../load/yaml.ts';
import { placeIn, type Token, tokenize } from './tokens.ts';

const MAX_DEPTH = 100;
const MAX_WORDS = 2000;

/**
 * Parses the boolean condition of a temporal correlation (Sigma 2.2): `a and not b` over ids and names of rules.
 * Pipelines join their conditions with the same words.
 * @returns the condition and every reference in it, in order of appearance
 */
export function parseTemporal(
  node: YamlScalar,
  code: 'correlation-condition' | 'pipeline-condition' = 'correlation-condition',
): { condition: TemporalCondition; references: readonly Reference[] } {
  const tokens = tokenize(node);
  const references: Reference[] = [];
  let next = 0;

  const fail = (token: Token | undefined, message: string): never => {
    const from = token?.from ?? node.text.length;
    refuse(code, placeIn(node, from), message, 'join names with `and`, `or`, `not` and parentheses');
  };
  const is = (word: string): boolean => tokens[next]?.text.toLowerCase() === word;

  const operand = (depth: number): TemporalCondition => {
    const token = tokens[next++];
    if (depth > MAX_DEPTH) fail(token, `the condition nests more than ${MAX_DEPTH} deep`);
    if (token === undefined) return fail(token, 'the condition ends where a name is expected');
    const word = token.text.toLowerCase();
    if (word === 'not') return Object.freeze({ kind: 'not', of: operand(depth + 1) });
    if (word === '(') {
      const inner = or(depth + 1);
      if (!is(')')) fail(token, 'this parenthesis is never closed');
      next++;
      return inner;
    }
    if (word === ')' || word === 'and' || word === 'or' || token.text.includes('*')) {
      fail(token, `expected a name, found ${quote(token.text)}`);
    }
    references.push({ text: token.text, at: placeIn(node, token.from) });
    return Object.freeze({ kind: 'rule', ref: token.text });
  };
  const chain = (kind: 'and' | 'or', inner: () => TemporalCondition): TemporalCondition => {
    const of = [inner()];
    while (is(kind)) {
      next++;
      of.push(inner());
    }
    return of.length === 1 ? of[0] : Object.freeze({ kind, of: Object.freeze(of) });
  };
  const and = (depth: number): TemporalCondition => chain('and', () => operand(depth));
  const or = (depth: number): TemporalCondition => chain('or', () => and(depth));

  if (tokens.length > MAX_WORDS) fail(tokens[MAX_WORDS], `the condition has more than ${MAX_WORDS} words`);
  const condition = or(0);
  if (next < tokens.length) fail(tokens[next], `expected \`and\` or \`or\` before ${quote(tokens[next].text)}`);
  return { condition, references };
}
