/** ATT&CK Enterprise tactics in the order of the matrix: short name as Sigma writes it, id, name. */
export const tactics: readonly { readonly short: string; readonly id: string; readonly name: string }[] = [
  { short: 'reconnaissance', id: 'TA0043', name: 'Reconnaissance' },
  { short: 'resource-development', id: 'TA0042', name: 'Resource Development' },
  { short: 'initial-access', id: 'TA0001', name: 'Initial Access' },
  { short: 'execution', id: 'TA0002', name: 'Execution' },
  { short: 'persistence', id: 'TA0003', name: 'Persistence' },
  { short: 'privilege-escalation', id: 'TA0004', name: 'Privilege Escalation' },
  { short: 'defense-evasion', id: 'TA0005', name: 'Defense Evasion' },
  { short: 'credential-access', id: 'TA0006', name: 'Credential Access' },
  { short: 'discovery', id: 'TA0007', name: 'Discovery' },
  { short: 'lateral-movement', id: 'TA0008', name: 'Lateral Movement' },
  { short: 'collection', id: 'TA0009', name: 'Collection' },
  { short: 'command-and-control', id: 'TA0011', name: 'Command and Control' },
  { short: 'exfiltration', id: 'TA0010', name: 'Exfiltration' },
  { short: 'impact', id: 'TA0040', name: 'Impact' },
];

/** The tactic of a tag's short name, written with hyphens or underscores; undefined for one that we don't know. */
export function tacticOf(short: string): (typeof tactics)[number] | undefined {
  return byShort.get(short.toLowerCase().replaceAll('_', '-'));
}

const byShort = new Map(tactics.map((tactic) => [tactic.short, tactic]));
