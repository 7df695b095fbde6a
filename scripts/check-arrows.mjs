// Checks the arrows between rooms. dependency-cruiser reports "no violations" when it could read no module at all,
// so the count is asserted too.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import config from '../.dependency-cruiser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const folders = ['packages/evtx/src', 'packages/sigma/src', 'packages/chaperone/src', 'content', 'bench'].filter((f) =>
  existsSync(f),
);
const { output } = await cruise(
  folders,
  { ...config.options, ruleSet: { forbidden: config.forbidden }, validate: true },
  undefined,
  { tsConfig: extractTSConfig('tsconfig.json') },
);
const sources = output.modules.filter((module) => /^packages\/.*\.ts$/.test(module.source));
const arrows = sources.reduce((sum, module) => sum + module.dependencies.length, 0);
if (sources.length < 10 || arrows < 10) {
  console.error(`arrows: only ${sources.length} modules and ${arrows} imports seen; the check itself is broken`);
  process.exit(1);
}
for (const violation of output.summary.violations) {
  if (violation.rule.severity !== 'error') continue;
  const rule = config.forbidden.find((one) => one.name === violation.rule.name);
  console.error(`arrows: ${violation.from} -> ${violation.to}\n  ${violation.rule.name}: ${rule?.comment ?? ''}`);
}
console.log(`arrows: ${sources.length} modules, ${arrows} imports, ${output.summary.error} violations`);
process.exit(output.summary.error > 0 ? 1 : 0);
