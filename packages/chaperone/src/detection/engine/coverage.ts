import type { Activity, Registry } from '../../registry/index.ts';
import type { Summary } from '../scan-result.ts';
import { rfc3339 } from './rfc3339.ts';

type Source = Summary['coverage']['sources'][number];
type Unanswered = Summary['coverage']['unanswered'][number];

const DAY = 86_400_000_000;
/** Sources listed one by one. */
const MOST = 1_000;

/** Which logs were there, from which hosts, on which days. */
export function sourcesOf(activities: readonly Activity[]): Source[] {
  const drafts = new Map<
    string,
    { kind: string; host: string | null; events: number; first: number; last: number; days: Set<number> }
  >();
  for (const activity of activities) {
    const kind = kindOf(activity.facts.class.key);
    const host = activity.facts.values['device.hostname'] ?? null;
    const key = drafts.size < MOST ? `${kind}\0${host ?? ''}` : `${kind}\0`;
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = {
        kind,
        host: key.endsWith('\0') ? null : host,
        events: 0,
        first: Number.NaN,
        last: Number.NaN,
        days: new Set(),
      };
      drafts.set(key, draft);
    }
    draft.events += activity.count;
    if (activity.first !== undefined && !(draft.first <= activity.first)) draft.first = activity.first;
    if (activity.last !== undefined && !(draft.last >= activity.last)) draft.last = activity.last;
    for (const day of activity.days ?? []) draft.days.add(day);
  }
  return [...drafts.values()]
    .sort((a, b) => b.events - a.events || (`${a.kind} ${a.host}` < `${b.kind} ${b.host}` ? -1 : 1))
    .map(({ kind, host, events, first, last, days }) => ({
      kind,
      host,
      events,
      first: Number.isNaN(first) ? null : rfc3339(first),
      last: Number.isNaN(last) ? null : rfc3339(last),
      days: [...days].sort((a, b) => a - b).map((day) => rfc3339(day * DAY).split('T')[0]),
    }));
}

/** Formats whose second part names a log of its own; elsewhere it names a kind of message, of which one log has hundreds. */
const LOGS_OF: ReadonlySet<string> = new Set(['zeek', 'suricata', 'csv']);

/** The log that an event of this class stands in: `windows/Security` of `windows/Security/...`, `cisco-asa` of `cisco-asa/302013`. */
export function kindOf(key: string): string {
  const [format, second, third] = key.split('/');
  if (format !== 'windows') return second === undefined || !LOGS_OF.has(format) ? format : `${format}/${second}`;
  if (second === undefined || second === '' || second === '*') return 'windows';
  return third === 'Operational' || third === 'Admin' || third === 'Analytic' || third === 'Debug'
    ? `windows/${second}/${third}`
    : `windows/${second}`;
}

/** Questions of the advice that the logs at hand can't answer, whatever they hold. */
export function questionsOf(activities: readonly Activity[], registry: Registry | undefined): Unanswered[] {
  const questions: Unanswered[] = [];
  const has = (test: (activity: Activity) => boolean) => activities.some(test);
  const key = (pattern: RegExp) => (activity: Activity) => pattern.test(activity.facts.class.key);
  const ask = (question: string, reason: string, mend: string) => questions.push({ question, reason, mend });
  if (registry === undefined) {
    ask(
      'Was access used as agreed?',
      'No registry says who your providers are, which accounts they hold, and when and from where they may use them.',
      'Check the proposed chaperone.yaml in the report, correct it, and scan again with --registry.',
    );
  }
  if (activities.length === 0) return questions;
  if (!has((activity) => activity.facts.class.class_uid === 3002)) {
    ask(
      'Who logged on?',
      'No log with logons was there.',
      'Add the Security logs of the domain controllers and servers, or the sign-in logs of the directory.',
    );
  }
  if (!has((activity) => activity.facts.class.class_uid === 1007)) {
    ask(
      'What was run?',
      'No log with process starts was there.',
      'Add Sysmon logs, or switch on process creation auditing with command lines (event 4688) and add the Security logs.',
    );
  }
  if (!has((activity) => activity.facts.class.class_uid === 4014)) {
    ask(
      'Did each provider session come through the VPN?',
      'No VPN log was there, so sessions inside could not be matched with sessions at the edge.',
      'Add the log of the VPN gateway, firewall or RADIUS server.',
    );
  }
  if (
    !has((activity) => activity.facts.class.class_uid === 4001 || /^(zeek|suricata)/.test(activity.facts.class.key))
  ) {
    ask(
      'Did data leave?',
      'No firewall, flow or proxy log was there.',
      "Add the firewall's traffic log, or Zeek's conn.log, for the same days.",
    );
  }
  if (has(key(/^windows\//)) && !has(key(/^windows\/Microsoft-Windows-PowerShell/))) {
    ask(
      'What did PowerShell do?',
      'No PowerShell log was there.',
      'Switch on script block logging (event 4104) and add Microsoft-Windows-PowerShell/Operational.',
    );
  }
  return questions;
}
