import type { Activity, Registry, Tool } from '../../registry/index.ts';
import { shown } from '../registry-finding.ts';
import { otherInstance } from './other-instance.ts';
import { add, type Draft, joinSeen, list, newSeen, type Seen, span, witness } from './seen.ts';

/** More hosts than this with one undeclared tool: one finding for all of them. */
const MAX_HOSTS = 25;

/** Remote-management tools that no agreement names, by host. */
export function* undeclaredTools(registry: Registry, activities: readonly Activity[]): Generator<Draft> {
  const declared = new Set(
    registry.providers.flatMap((provider) => provider.tools.map((tool) => tool.name.toLowerCase())),
  );
  const tools = new Map<string, Map<string, Seen>>();
  for (const activity of activities) {
    const { tool, host } = activity.attribution;
    if (tool === undefined || declared.has(tool.toLowerCase())) continue;
    let hosts = tools.get(tool);
    if (hosts === undefined) {
      hosts = new Map();
      tools.set(tool, hosts);
    }
    const key = host?.toLowerCase() ?? '';
    let seen = hosts.get(key);
    if (seen === undefined) {
      seen = newSeen(activity);
      hosts.set(key, seen);
    }
    add(seen, activity);
  }
  for (const [tool, hosts] of tools) {
    const groups = hosts.size > MAX_HOSTS ? [joinSeen([...hosts.values()])] : [...hosts.values()];
    for (const seen of groups) {
      yield {
        key: 'undeclared-tool',
        title: 'Remote-management tool that no agreement names',
        level: 'medium',
        confidence: 'medium',
        techniques: ['T1219'],
        provider: undefined,
        account: undefined,
        host: [...seen.hosts][0],
        srcIp: undefined,
        why: `${shown(tool)}, a remote-management tool, was seen on ${list(seen.hosts) || 'a host that the log doesn’t name'}${span(registry, seen)}, and no provider's agreement names it${declared.size === 0 ? '' : ` (agreed: ${[...new Set(registry.providers.flatMap((provider) => provider.tools.map((one) => one.name)))].join(', ')})`}.${witness(seen)}`,
        evidence: [{ selection: 'undeclared-tool', field: 'tool', value: shown(tool) }],
        seen,
      };
    }
  }
}

/** Agreed tools that name another instance than the provider's. */
export function* otherInstances(registry: Registry, activities: readonly Activity[]): Generator<Draft> {
  const found = new Map<string, { tool: Tool; instance: string; sure: boolean; seen: Seen }>();
  for (const activity of activities) {
    for (const { tool, instance, sure } of otherInstance(registry, activity)) {
      const key = `${tool.name} ${instance} ${activity.attribution.host?.toLowerCase() ?? ''}`;
      let known = found.get(key);
      if (known === undefined) {
        known = { tool, instance, sure, seen: newSeen(activity) };
        found.set(key, known);
      }
      known.sure ||= sure;
      add(known.seen, activity);
    }
  }
  for (const { tool, instance, sure, seen } of found.values()) {
    yield {
      key: 'other-instance',
      title: 'Agreed tool that talks to another instance',
      level: sure ? 'high' : 'low',
      confidence: sure ? 'medium' : 'low',
      techniques: ['T1219', 'T1199'],
      provider: undefined,
      account: undefined,
      host: [...seen.hosts][0],
      srcIp: undefined,
      why: `${shown(tool.name)} on ${list(seen.hosts) || 'a host that the log doesn’t name'} names ${shown(instance)}${span(registry, seen)}; the instance agreed with ${tool.provider.name} is ${tool.declared.instance ?? tool.declared.relay}. A second installation can hide behind a known one.${witness(seen)}`,
      evidence: [
        {
          selection: 'other-instance',
          field: 'tool',
          value: shown(instance),
          expected: tool.declared.instance ?? tool.declared.relay ?? '',
        },
      ],
      seen,
    };
  }
}
