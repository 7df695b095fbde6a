import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadRegistry } from '../src/registry/index.ts';

const golden = fileURLToPath(new URL('../test/registry/golden/', import.meta.url));

/** chaperone.yaml: any bytes give a registry or say why not, each problem with a place. */
export default {
  name: 'registry',
  seeds: () =>
    readdirSync(golden)
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => new Uint8Array(readFileSync(`${golden}${name}`))),
  run(data: Uint8Array): void {
    const { registry, problems } = loadRegistry(Buffer.from(data).toString('utf8'), 'fuzz.yaml');
    if (registry === undefined && !problems.some((problem) => problem.fatal === true))
      throw new Error('no registry and no word why');
    for (const problem of problems)
      if (problem.line < 1 || problem.column < 1) throw new Error(`a problem without a place: ${problem.message}`);
  },
};
