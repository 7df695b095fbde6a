import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = process.env.CHAPERONE_CORPUS ?? join(import.meta.dirname, '../../../../shared/corpus');

/** A folder of the corpus; undefined where the corpus is absent, which is a failure in CI and a visible skip elsewhere. */
export function corpusFolder(name: string): string | undefined {
  const path = join(root, name);
  if (existsSync(path)) return path;
  if (process.env.CI === 'true') throw new Error(`the corpus is missing: ${path}`);
  console.warn(`skipped: no corpus at ${path}`);
  return undefined;
}
