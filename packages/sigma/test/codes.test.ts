import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODES } from '../src/index.ts';

const root = join(import.meta.dirname, '..');
const codes = Object.keys(CODES).sort();

/** The text of every source file of the front half, but the list itself. */
function sourceText(): string {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && file !== 'errors.ts')
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    .join('\n');
}

describe('codes', () => {
  it('are all explained in docs/sigma-codes.md, and nothing else is', () => {
    const page = readFileSync(join(root, '../../docs/sigma-codes.md'), 'utf8');
    const explained = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]);
    expect(explained.sort()).toEqual(codes);
  });

  it('are all given somewhere', () => {
    const text = sourceText();
    expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });
});
