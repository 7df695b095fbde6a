import { loadRules } from '../src/index.ts';

const CONDITIONS = [
  'a and not 1 of b_*',
  'all of them or (not a and any of *_1)',
  '1 of _hidden and not (a or b_1) and not not b_2',
  'a | count() by X > 5',
];
const HEAD =
  'title: T\nlevel: low\nlogsource: {product: x}\ndetection:\n  a: {A: 1}\n  b_1: {B: 1}\n  b_2: {B: 2}\n  _hidden: {C: 1}\n';

/** Conditions, as text of their own, and as boolean conditions of temporal correlations. */
export default {
  name: 'sigma-condition',
  seeds: (): Uint8Array[] => CONDITIONS.map((condition) => Buffer.from(condition)),
  run(data: Uint8Array): void {
    const condition = JSON.stringify(new TextDecoder().decode(data));
    const rule = `${HEAD}  condition: ${condition}\n`;
    const correlation = `title: C\nlevel: low\ncorrelation: {type: temporal, timespan: 1m, condition: ${condition}}\n`;
    for (const text of [rule, correlation]) {
      const set = loadRules([{ file: 'fuzz.yml', text }]);
      const count = set.rules.length + set.correlations.length + set.refused.length;
      if (count !== 1) throw new Error(`${count} results for one document`);
    }
  },
};
