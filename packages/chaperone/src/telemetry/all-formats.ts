import type { Format } from './format.ts';
import { formats } from './formats/index.ts';
import { windowsFormats } from './windows/index.ts';

/** Every text format. */
export const allFormats: readonly Format[] = [...windowsFormats, ...formats];

const extended = new WeakMap<readonly Format[], readonly Format[]>();

/** All formats, and before them the user's own (mapping files). */
export function formatsWith(own: readonly Format[] | undefined): readonly Format[] {
  if (own === undefined || own.length === 0) return allFormats;
  let all = extended.get(own);
  if (all === undefined) {
    all = [...own, ...allFormats];
    extended.set(own, all);
  }
  return all;
}
