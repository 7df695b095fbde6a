import { quote, refuse } from '../errors.ts';
import type { YamlScalar } from '../load/yaml.ts';

export interface Token {
  readonly text: string;
  /** offset in the condition's text */
  readonly from: number;
}

/** Where in the source a place of the condition's text lies; the condition's start where that can't be told. */
export function placeIn(node: YamlScalar, from: number): number {
  return node.textAt < 0 ? node.at : node.textAt + from;
}

const TOKEN = /\s*(?:([()])|([\p{L}\p{N}_*.-]+)|(\S))/uy;

/**
 * Cuts a condition into parentheses and words.
 * @throws Refused on any other character, and on the old pipe syntax.
 */
export function tokenize(node: YamlScalar): Token[] {
  const text = node.text;
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      // only white space is left
      TOKEN.lastIndex = start;
      return tokens;
    }
    const found = match[1] ?? match[2] ?? match[3];
    const from = TOKEN.lastIndex - found.length;
    if (match[3] !== undefined) badCharacter(node, found, from);
    tokens.push({ text: found, from });
  }
}

function badCharacter(node: YamlScalar, char: string, from: number): never {
  if (char === '|') {
    refuse(
      'condition-aggregation',
      placeIn(node, from),
      'the pipe syntax for counting was taken out of Sigma',
      'keep the selection here and count in a correlation document that refers to this rule',
    );
  }
  refuse(
    'condition-syntax',
    placeIn(node, from),
    `${quote(char)} has no meaning in a condition`,
    'use names of selections, `and`, `or`, `not`, `1 of`, `all of` and parentheses',
  );
}
