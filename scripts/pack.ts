// `npm run pack`: the two libraries as they are published: JavaScript and type declarations in packages/*/dist, with a package.json
// of their own. Inside the repository the source itself is imported.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Builds one library into `to` and returns what the compiler said where it failed. */
export function packLibrary(name: 'evtx' | 'sigma', to: string): string | undefined {
  const from = join(root, 'packages', name);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const config = join(from, `tsconfig.pack-${process.pid}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        rootDir: './src',
        outDir: to,
        rewriteRelativeImportExtensions: true,
      },
      include: ['./src'],
    }),
  );
  const compiled = spawnSync(process.execPath, [join(root, 'node_modules/typescript7/bin/tsc'), '-p', config], {
    encoding: 'utf8',
  });
  rmSync(config);
  if (compiled.status !== 0) return compiled.stdout + compiled.stderr;
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeFileSync(
    join(to, 'package.json'),
    `${JSON.stringify({ ...manifest, exports: { '.': { types: './index.d.ts', default: './index.js' } } }, null, 2)}\n`,
  );
  cpSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
  cpSync(join(from, 'README.md'), join(to, 'README.md'));
  return undefined;
}

if (import.meta.main) {
  for (const name of ['evtx', 'sigma'] as const) {
    const to = join(root, 'packages', name, 'dist');
    const failure = packLibrary(name, to);
    if (failure !== undefined) {
      console.error(failure);
      process.exit(1);
    }
    console.log(`packages/${name}/dist is ready to be published`);
  }
}
