import type { Node, View } from '@chaperone/sigma';

/**
 * Which values can't be worth showing to a view's keywords, told by their type and length alone: most of a record's values
 * are numbers, GUIDs and times, and keywords are words.
 */
export interface KeywordProfile {
  /** shortest text, in UTF-16 units, that any keyword could match; 0 where that can't be said */
  readonly shortest: number;
  /** whether each keyword has a character that numbers, GUIDs, SIDs, times and hexadecimal digits never have */
  readonly words: boolean;
}

/** Characters with which values of the numeric types are written: digits, hex, `0x`, `S-1-5-`, `{...}`, RFC 3339. */
const NUMERIC = /^[0-9a-fxstz{}:.\-+ ]*$/i;

export function keywordProfile(view: View): KeywordProfile {
  let shortest = Number.POSITIVE_INFINITY;
  let words = true;
  const visit = (node: Node): void => {
    if (node.kind === 'not') visit(node.of);
    else if (node.kind !== 'item') node.of.forEach(visit);
    else if (node.field === null) {
      if (node.test.kind !== 'pattern') {
        shortest = 0;
        words = false;
        return;
      }
      let length = 0;
      let text = '';
      for (const part of node.test.parts) {
        if (part.kind === 'text') {
          length += part.text.length;
          text += part.text;
        } else if (part.kind !== 'any') length += 1;
      }
      // Folding may shorten or lengthen a text by a unit where it isn't ASCII.
      if (/[^\x20-\x7e]/.test(text)) length = 0;
      shortest = Math.min(shortest, length);
      if (NUMERIC.test(text)) words = false;
    }
  };
  for (const { rule } of view.rules) for (const node of rule.selections.values()) visit(node);
  return { shortest: Number.isFinite(shortest) ? shortest : 0, words };
}
