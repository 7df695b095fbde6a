/**
 * Comparison without case in SQL, to the same result as `fold`: every UTF-16 unit to its lower case by itself.
 * ClickHouse's `lowerUTF8` isn't that (`İ` becomes two characters, `Σ` looks at its neighbours, letters outside the
 * basic plane are folded), so there are three ways, from fast to slow:
 *
 * - Text whose only letters with case are ASCII compares with `lower(v)`, which touches ASCII alone. One character
 *   beyond ASCII folds into it, U+212A KELVIN SIGN to `k`, and is replaced where the text has a `k`.
 * - Other text becomes a regular expression with every spelling of each letter written out.
 * - Two values are compared with all of `fold` as a character table.
 */
import { UNIT_FOLD } from '../automaton/unit-fold.ts';
import { regexLiteral, sqlString } from './literal.ts';

const KELVIN = '\u212a';

/** Folded unit → the units that fold to it, for those that have more than themselves. */
let spellings: Map<string, string> | undefined;

function spellingsOf(char: string): string | undefined {
  if (spellings === undefined) {
    spellings = new Map();
    for (let unit = 0; unit < UNIT_FOLD.length; unit++) {
      if (UNIT_FOLD[unit] === unit) continue;
      const folded = String.fromCharCode(UNIT_FOLD[unit]);
      spellings.set(folded, (spellings.get(folded) ?? folded) + String.fromCharCode(unit));
    }
  }
  return spellings.get(char);
}

/** Whether folded text is compared rightly with `asciiFolded` values. */
export function foldsInAscii(folded: string): boolean {
  for (const char of folded) if (char > '\x7f' && spellingsOf(char) !== undefined) return false;
  return true;
}

/** The value with its ASCII letters in lower case, as `folded` text needs it. */
export function asciiFolded(value: string, folded: string): string {
  return folded.includes('k') ? `lower(replaceAll(${value}, '${KELVIN}', 'k'))` : `lower(${value})`;
}

/** An RE2 expression for folded text in any spelling. */
export function anySpelling(folded: string): string {
  let out = '';
  for (const char of folded) {
    const all = spellingsOf(char);
    out += all === undefined ? regexLiteral(char) : `[${[...all].map(regexLiteral).join('')}]`;
  }
  return out;
}

let table: readonly [from: string, to: string] | undefined;

/** The value with all of `fold` applied. */
export function fullyFolded(value: string): string {
  if (table === undefined) {
    let from = '';
    let to = '';
    for (let unit = 0; unit < UNIT_FOLD.length; unit++) {
      if (UNIT_FOLD[unit] === unit) continue;
      from += String.fromCharCode(unit);
      to += String.fromCharCode(UNIT_FOLD[unit]);
    }
    table = [sqlString(from), sqlString(to)];
  }
  return `translateUTF8(${value}, ${table[0]}, ${table[1]})`;
}
