import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const corpus = resolve(process.env.CHAPERONE_CORPUS ?? join(import.meta.dirname, '../../../../shared/corpus'));

/** All files below a folder of the corpus whose names end so, in a fixed order. */
export function corpusFiles(folder: string, end: string): string[] {
  const root = join(corpus, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => join(root, name));
}

export const hasCorpus = existsSync(corpus);

/** A suite that needs the corpus: skipped with a visible line where it is absent, and a failure in CI. */
export function describeCorpus(name: string, suite: () => void): void {
  if (hasCorpus) describe(name, suite);
  else if (process.env.CI === 'true') {
    describe(name, () => {
      throw new Error(`The corpus is not at ${corpus}; set CHAPERONE_CORPUS.`);
    });
  } else {
    console.warn(`skipped for want of the corpus (CHAPERONE_CORPUS): ${name}`);
    describe.skip(name, suite);
  }
}
