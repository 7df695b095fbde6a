import type { Finding, PastRun } from '../../detection/index.ts';

/** A finding with the words that say it was found afterwards: when what found it came, and when it happened. */
export function foundInThePast(finding: Finding, run: Pick<PastRun, 'kind' | 'title' | 'reason' | 'came_at'>): Finding {
  const what = run.kind === 'feed' ? `the feed ${run.title}` : `the rule`;
  const happened =
    finding.time === null ? 'at a time that its source does not state' : `on ${said(new Date(finding.time))}`;
  return {
    ...finding,
    why: `${finding.why} Found in the past: ${what} ${run.reason} on ${said(run.came_at)}; this happened ${happened}.`,
  };
}

function said(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
