import type { Activity, Provider, Registry } from '../../registry/index.ts';
import type { AccountNames } from '../attribution/account-names.ts';
import { principalOf } from '../attribution/principal.ts';
import { shown } from '../registry-finding.ts';
import { isUse } from '../terms/use.ts';
import { add, type Draft, list, newSeen, type Seen, span, witness } from './seen.ts';
import { type Trace, Traces, WEIGHT } from './traces.ts';

interface Known {
  label: string;
  /** whether an event itself calls it so */
  sure: boolean;
  readonly seen: Seen;
  readonly traces: Map<string, Trace>;
  readonly notes: Set<string>;
}

/** Accounts that nobody declared and that show a provider's traces, each once under whichever of its names. */
export function* undeclaredAccounts(
  registry: Registry,
  activities: readonly Activity[],
  names: AccountNames,
): Generator<Draft> {
  const traces = new Traces(registry, activities);
  const accounts = new Map<string, Known>();
  for (const activity of activities) {
    const { facts, attribution } = activity;
    if (attribution.declared !== undefined || facts.outcome === 'failure' || !isUse(facts)) continue;
    const principal = principalOf(facts);
    if (principal.system || principal.label === undefined) continue;
    const found = traces.of(activity);
    if (found.length === 0) continue;
    const { key, label, sure, note } = names.of(principal, facts);
    let known = accounts.get(key);
    if (known === undefined) {
      known = { label, sure, seen: newSeen(activity), traces: new Map(), notes: new Set() };
      accounts.set(key, known);
    } else if (sure && !known.sure) Object.assign(known, { label, sure });
    if (note !== undefined) known.notes.add(note);
    add(known.seen, activity);
    for (const trace of found)
      if (!known.traces.has(`${trace.kind} ${trace.provider?.slug ?? ''}`))
        known.traces.set(`${trace.kind} ${trace.provider?.slug ?? ''}`, trace);
  }
  for (const { label, seen, traces: all, notes } of accounts.values()) {
    const provider = mostLikely([...all.values()]);
    const mine = [...all.values()].filter((trace) => trace.provider === undefined || trace.provider === provider);
    const score = mine.reduce((sum, trace) => sum + WEIGHT[trace.kind], 0);
    const whose = provider === undefined ? 'a provider' : provider.name;
    const hosts = list(seen.hosts);
    yield {
      key: 'undeclared-account',
      title: 'Provider account that nobody declared',
      level: score >= 4 ? 'high' : score >= 2 ? 'medium' : 'low',
      confidence: score >= 4 ? 'high' : score >= 3 ? 'medium' : 'low',
      techniques: ['T1199', 'T1078'],
      provider: provider?.slug,
      account: label,
      host: [...seen.hosts][0],
      srcIp: [...seen.ips][0],
      why: `${shown(label)} isn't declared in the registry, but looks like an account of ${whose}: ${mine.map((trace) => trace.words).join('; ')}. It was used${hosts === '' ? '' : ` on ${hosts}`}${span(registry, seen)}.${witness(seen)}`,
      evidence: mine.map((trace) => ({
        selection: trace.kind,
        field: 'account',
        value: shown(label),
        expected: trace.words,
      })),
      by: [...mine.map((trace) => trace.words), ...notes],
      seen,
    };
  }
}

function mostLikely(traces: readonly Trace[]): Provider | undefined {
  const scores = new Map<Provider, number>();
  for (const trace of traces)
    if (trace.provider !== undefined)
      scores.set(trace.provider, (scores.get(trace.provider) ?? 0) + WEIGHT[trace.kind]);
  return [...scores].sort((a, b) => b[1] - a[1])[0]?.[0];
}
