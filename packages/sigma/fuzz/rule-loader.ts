import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluate, explain, lint, loadRules, objectAccess, renderRefusal, sentence } from '../src/index.ts';

const golden = join(import.meta.dirname, '../test/golden');
const EVENT = objectAccess(
  { Image: 'C:\\Windows\\whoami.exe', CommandLine: 'whoami /all', EventID: 1, A: ['b', null] },
  'raw',
);

/** Rule files: loading, linting, judging and explaining what loads, and showing what doesn't. */
export default {
  name: 'sigma-rule-loader',
  seeds(): Uint8Array[] {
    return ['refused', 'lint'].flatMap((folder) =>
      readdirSync(join(golden, folder))
        .filter((name) => name.endsWith('.yml'))
        .map((name) => readFileSync(join(golden, folder, name))),
    );
  },
  run(data: Uint8Array): void {
    const text = new TextDecoder().decode(data);
    const source = { file: 'fuzz.yml', text };
    const set = loadRules([source], { placeholders: { team: ['a', 'b*'] } });
    for (const refusal of [...set.refused, ...set.warnings, ...lint(source)]) {
      const lines = text.split('\n').length;
      if (refusal.line < 1 || refusal.line > lines)
        throw new Error(`line ${refusal.line} of ${lines}: ${refusal.code}`);
      if (renderRefusal(refusal, text).includes('\u001b')) throw new Error('an escape code came through');
    }
    for (const rule of set.rules) {
      const explanation = explain(rule, EVENT);
      if (explanation.held !== evaluate(rule, EVENT)) throw new Error('explanation and evaluator disagree');
      sentence(explanation);
    }
  },
};
