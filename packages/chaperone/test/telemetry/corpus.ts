import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');

/** Real input that nobody here wrote; not part of the repository. */
export const corpus = resolve(root, process.env.CHAPERONE_CORPUS ?? '../shared/corpus');

/** A block of tests over the corpus: skipped with a visible line where it is absent, an error in CI. */
export function describeCorpus(name: string, define: () => void): void {
  if (existsSync(corpus)) describe(name, define);
  else if (process.env.CI === 'true') {
    it(`${name}: the corpus must be there in CI`, () => {
      throw new Error(`no corpus at ${corpus}`);
    });
  } else describe.skip(`${name} (no corpus at ${corpus})`, define);
}
