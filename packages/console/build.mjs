// Builds the console into dist/ when it is missing or was made from other sources; prints nothing when there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.sources');

function files(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function hashOfSources() {
  const hash = createHash('sha256');
  const own = ['index.html', 'vite.config.ts', 'package.json', 'tsconfig.json'].map((name) => join(root, name));
  for (const file of [...own, ...files('src'), ...files('public')])
    hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/**
 * Returns the folder with the built console, building it first where that is needed (a few seconds).
 * @returns {Promise<string>}
 */
export async function buildConsole() {
  const hash = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return dist;
  const { build } = await import('vite');
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error' });
  writeFileSync(stamp, hash);
  return dist;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole();
