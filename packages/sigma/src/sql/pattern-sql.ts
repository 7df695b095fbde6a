import type { PatternPart } from '../ast.ts';
import { fold } from '../fold.ts';
import { anySpelling, asciiFolded, foldsInAscii } from './folding.ts';
import { regexLiteral, sqlString } from './literal.ts';

/** A wildcard pattern as a condition on one String expression. */
export function patternSql(parts: readonly PatternPart[], cased: boolean, value: string): string {
  const plain = containedText(parts, cased);
  if (plain !== undefined) return `position(${foldedFor(value, plain, cased)}, ${sqlString(plain)}) > 0`;
  const shape = parts.map((part) => part.kind).join(' ');
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [cased ? part.text : fold(part.text)] : []));
  const ascii = cased || texts.every(foldsInAscii);
  if (ascii) {
    const [text = ''] = texts;
    const side = foldedFor(value, text, cased);
    if (shape === 'text') return `${side} = ${sqlString(text)}`;
    if (shape === 'text any') return `startsWith(${side}, ${sqlString(text)})`;
    if (shape === 'any text') return `endsWith(${side}, ${sqlString(text)})`;
  }
  if (shape === '') return `${value} = ''`;
  if (shape === 'any') return '1';
  const regex = parts.map((part) => partRegex(part, cased, ascii)).join('');
  const subject = ascii ? foldedFor(value, texts.join(''), cased) : value;
  return `match(${subject}, ${sqlString(`(?s)^${regex}$`)})`;
}

/**
 * The text of a pattern that asks for nothing but text somewhere in the value and can be searched for as bytes, as
 * `containedSubject` shows them; undefined for other patterns.
 */
export function containedText(parts: readonly PatternPart[], cased: boolean): string | undefined {
  if (parts.length !== 3 || parts[0].kind !== 'any' || parts[2].kind !== 'any') return undefined;
  const [, middle] = parts;
  if (middle.kind !== 'text') return undefined;
  const text = cased ? middle.text : fold(middle.text);
  return cased || foldsInAscii(text) ? text : undefined;
}

/** The value in the spelling in which `text` is searched for. */
export function foldedFor(value: string, text: string, cased: boolean): string {
  return cased ? value : asciiFolded(value, text);
}

function partRegex(part: PatternPart, cased: boolean, folded: boolean): string {
  switch (part.kind) {
    case 'any':
      return '.*';
    case 'one':
      return '.';
    case 'dash':
      return '[-/\u2013\u2014\u2015]';
    case 'text':
      if (cased) return regexLiteral(part.text);
      return folded ? regexLiteral(fold(part.text)) : anySpelling(fold(part.text));
  }
}
