import type { Finding, Summary } from '../detection/index.ts';
import { tacticOf } from './attack-names.ts';
import { inert } from './inert.ts';

/** The version of the OCSF schema that the lines follow. */
export const ocsfVersion = '1.5.0';

const severity = { informational: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;
const severityName = ['', 'Informational', 'Low', 'Medium', 'High', 'Critical'] as const;
const confidence = { low: 1, medium: 2, high: 3 } as const;
const confidenceName = ['', 'Low', 'Medium', 'High'] as const;

/** OCSF's `analytic.type_id`: 1 is Rule; what it has no number for is 99 with its name. */
const analytic = {
  rule: [1, 'Rule'],
  correlation: [1, 'Rule'],
  indicator: [99, 'Indicator'],
  term: [99, 'Term of an agreement'],
  change: [99, 'Undeclared change'],
  silence: [99, 'Silence of a source'],
} as const;

/**
 * `findings.ocsf.jsonl`: OCSF Detection Findings (class 2004), one a line. `time` is when the finding was made, as OCSF
 * asks; `start_time` and `end_time` are the events' own and are left out where the source states none.
 */
export async function* findingsOcsf(
  findings: Iterable<Finding> | AsyncIterable<Finding>,
  summary: Summary,
): AsyncGenerator<string> {
  for await (const finding of findings) yield `${JSON.stringify(ocsfDetectionFinding(finding, summary))}\n`;
}

/** One finding as OCSF's class 2004. Times are milliseconds since 1970. */
export function ocsfDetectionFinding(finding: Finding, summary: Summary): Record<string, unknown> {
  const start = finding.time === null ? undefined : Date.parse(finding.time);
  const end = finding.time_end === undefined ? start : Date.parse(finding.time_end);
  const made = Date.parse(summary.finished);
  const attacks = attacksOf(finding);
  const [analyticType, analyticName] = analytic[finding.detector];
  return {
    activity_id: 1,
    activity_name: 'Create',
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200_401,
    type_name: 'Detection Finding: Create',
    time: made,
    ...(start === undefined ? {} : { start_time: start, end_time: end }),
    severity_id: severity[finding.level],
    severity: severityName[severity[finding.level]],
    confidence_id: confidence[finding.confidence],
    confidence: confidenceName[confidence[finding.confidence]],
    status_id: 1,
    status: 'New',
    is_alert: severity[finding.level] >= severity.medium,
    message: inert(finding.why),
    metadata: {
      version: ocsfVersion,
      product: { name: 'Chaperone', vendor_name: 'Chaperone', version: summary.version },
      uid: finding.id,
      profiles: [],
      log_name: inert(finding.event?.class ?? finding.source.file),
      ...(finding.time === null ? {} : { original_time: finding.time }),
    },
    finding_info: {
      uid: finding.id,
      title: inert(finding.rule.title),
      desc: inert(finding.why),
      created_time: made,
      ...(start === undefined ? {} : { first_seen_time: start, last_seen_time: end }),
      types: [finding.detector],
      analytic: {
        uid: finding.rule.id,
        name: inert(finding.rule.title),
        type_id: analyticType,
        type: analyticName,
      },
      ...(attacks.length > 0 ? { attacks } : {}),
      related_events_count: 1 + (finding.sources?.length ?? 0),
    },
    observables: observablesOf(finding),
    evidences: [evidenceOf(finding)],
    ...(finding.host === null ? {} : { resources: [{ name: inert(finding.host), type: 'Host' }] }),
    unmapped: {
      organization: finding.organization,
      provider: finding.provider,
      attribution: finding.attribution ?? null,
      rule: finding.rule,
      source: finding.source,
      sources: finding.sources ?? [],
    },
    ...(finding.event?.raw === undefined ? {} : { raw_data: finding.event.raw }),
  };
}

/** Techniques with every tactic of the rule: Sigma's tags don't say which technique serves which tactic. */
function attacksOf(finding: Finding) {
  const named = finding.attack.tactics.flatMap((short) => {
    const tactic = tacticOf(short);
    return tactic === undefined ? [] : [{ uid: tactic.id, name: tactic.name }];
  });
  const techniques = finding.attack.techniques.map((id) => {
    const whole = id.toUpperCase();
    const parent = whole.split('.')[0];
    return {
      ...(named.length > 0 ? { tactics: named } : {}),
      technique: { uid: parent },
      ...(whole === parent ? {} : { sub_technique: { uid: whole } }),
    };
  });
  return techniques.length > 0 ? techniques : named.map((tactic) => ({ tactic }));
}

function observablesOf(finding: Finding) {
  const found: { name: string; type_id: number; type: string; value: string }[] = [];
  if (finding.host !== null)
    found.push({ name: 'evidences[0].device.hostname', type_id: 1, type: 'Hostname', value: inert(finding.host) });
  if (finding.src_ip !== null)
    found.push({ name: 'evidences[0].src_endpoint.ip', type_id: 2, type: 'IP Address', value: inert(finding.src_ip) });
  if (finding.account !== null)
    found.push({ name: 'evidences[0].actor.user.name', type_id: 4, type: 'User Name', value: inert(finding.account) });
  return found;
}

function evidenceOf(finding: Finding) {
  return {
    ...(finding.account === null ? {} : { actor: { user: { name: inert(finding.account) } } }),
    ...(finding.src_ip === null ? {} : { src_endpoint: { ip: inert(finding.src_ip) } }),
    ...(finding.host === null ? {} : { device: { hostname: inert(finding.host), type_id: 0, type: 'Unknown' } }),
    data: { source: finding.source, matched: finding.evidence },
  };
}
