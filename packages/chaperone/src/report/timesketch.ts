import type { Finding, Summary } from '../detection/index.ts';
import { inert } from './inert.ts';

/**
 * `findings.timesketch.jsonl`: a finding a line with the three fields that Timesketch's importer asks for (`message`,
 * `datetime`, `timestamp_desc`) and ours beside them. A finding whose event states no time stands at the time of the scan and
 * says so in `timestamp_desc`, since the importer takes no line without one.
 */
export async function* findingsTimesketch(
  findings: Iterable<Finding> | AsyncIterable<Finding>,
  summary: Summary,
): AsyncGenerator<string> {
  for await (const finding of findings) yield `${JSON.stringify(timesketchEvent(finding, summary))}\n`;
}

function timesketchEvent(finding: Finding, summary: Summary) {
  return {
    message: inert(`[${finding.level}] ${finding.rule.title}: ${finding.why}`),
    datetime: finding.time ?? summary.finished,
    timestamp_desc:
      finding.time === null
        ? 'Time of scan (the event states none)'
        : finding.detector === 'correlation'
          ? 'Start of correlation'
          : 'Event time',
    ...(finding.time_end === undefined ? {} : { time_end: finding.time_end }),
    data_type: `chaperone:finding:${finding.detector}`,
    tag: [finding.level, ...finding.attack.techniques],
    finding_id: finding.id,
    level: finding.level,
    confidence: finding.confidence,
    rule_id: finding.rule.id,
    rule_title: inert(finding.rule.title),
    provider: shown(finding.provider),
    account: shown(finding.account),
    host: shown(finding.host),
    src_ip: shown(finding.src_ip),
    tactics: finding.attack.tactics,
    techniques: finding.attack.techniques,
    source_file: inert(finding.source.file),
    source_record: finding.source.record,
  };
}

function shown(value: string | null): string | null {
  return value === null ? null : inert(value);
}
