import type { Finding, ScanResult } from '../../detection/index.ts';
import { rank } from '../words.ts';

/** Which findings the page lists, in order of time (those without a time last), and what it leaves to the other files. */
export interface Listing {
  readonly findings: readonly Finding[];
  /** finding id → anchor on the page */
  readonly anchors: ReadonlyMap<string, string>;
  /** how many characters of a raw event are shown */
  readonly rawMost: number;
  /** how many findings there were in all */
  readonly total: number;
}

/** A browser stays quick, and a file can be mailed, with this many findings; a rule that floods may not displace the others. */
const mostFindings = 1000;
const mostPerRule = 50;
/** Characters of raw events in the whole page, shared out between the findings. */
const rawBudget = 6_000_000;

/** Chooses what the page lists: the most serious first, at most fifty of a rule, at most a thousand, and always the first five. */
export function listFindings(result: ScanResult): Listing {
  const first = new Set(result.summary.first.flatMap(({ finding }) => (finding === undefined ? [] : [finding])));
  const weight = (finding: Finding) => (first.has(finding.id) ? 5 : rank(finding.level));
  const byWeight = [...result.findings].sort((a, b) => weight(b) - weight(a) || inTime(a, b));
  const perRule = new Map<string, number>();
  const chosen: Finding[] = [];
  for (const finding of byWeight) {
    if (chosen.length >= mostFindings) break;
    const count = perRule.get(finding.rule.id) ?? 0;
    if (count >= mostPerRule && !first.has(finding.id)) continue;
    perRule.set(finding.rule.id, count + 1);
    chosen.push(finding);
  }
  chosen.sort(inTime);
  return {
    findings: chosen,
    anchors: new Map(chosen.map(({ id }, index) => [id, `f${index + 1}`])),
    rawMost: Math.max(1000, Math.min(16_000, Math.floor(rawBudget / Math.max(1, chosen.length)))),
    total: result.summary.findings.total,
  };
}

function inTime(a: Finding, b: Finding): number {
  if (a.time === b.time) return rank(b.level) - rank(a.level);
  if (a.time === null) return 1;
  if (b.time === null) return -1;
  return a.time < b.time ? -1 : 1;
}
