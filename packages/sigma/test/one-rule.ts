import { evaluate, loadRules, objectAccess, type Rule, type RuleSet } from '../src/index.ts';

/** A rule document around a detection, indented as it stands. */
export function ruleText(detection: string): string {
  return `title: Test\nid: 00000000-0000-4000-8000-000000000001\nstatus: test\nlevel: low\nlogsource:\n  product: windows\ndetection:\n${detection
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}

export function loadText(text: string): RuleSet {
  return loadRules([{ file: 'test.yml', text }]);
}

/** Loads one rule and fails loudly where it is refused. */
export function oneRule(detection: string): Rule {
  const set = loadText(ruleText(detection));
  if (set.rules.length !== 1) throw new Error(set.refused.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return set.rules[0];
}

/** Whether a selection of these lines holds for an event. */
export function holds(selection: string, event: Record<string, unknown>, raw?: string): boolean {
  const lines = selection.split('\n').map((line) => `  ${line}`);
  return evaluate(oneRule(`selection:\n${lines.join('\n')}\ncondition: selection`), objectAccess(event, raw));
}

/** The code with which a selection is refused; undefined where it isn't. */
export function refusal(selection: string): string | undefined {
  const lines = selection.split('\n').map((line) => `  ${line}`);
  return loadText(ruleText(`selection:\n${lines.join('\n')}\ncondition: selection`)).refused[0]?.code;
}

/** The codes of the warnings for a selection. */
export function warnings(selection: string): string[] {
  const lines = selection.split('\n').map((line) => `  ${line}`);
  return loadText(ruleText(`selection:\n${lines.join('\n')}\ncondition: selection`)).warnings.map(({ code }) => code);
}

/** Whether a condition holds, given which selections do. */
export function conditionHolds(condition: string, names: readonly string[], held: readonly string[]): boolean {
  const selections = names.map((name) => `${name}:\n  F_${name}: yes`).join('\n');
  const event = Object.fromEntries(held.map((name) => [`F_${name}`, 'yes']));
  return evaluate(oneRule(`${selections}\ncondition: ${condition}`), objectAccess(event));
}
