import { type Account, type Activity, isSystemAccount, type Registry } from '../../registry/index.ts';
import { principalOf } from '../attribution/principal.ts';
import { providerName, shown } from '../registry-finding.ts';
import { momentsOf, type Observed } from './observations.ts';
import type { Occurrence } from './occurrences.ts';
import { samePerson } from './parts.ts';
import { isUse, readUse } from './use.ts';
import { whoIs } from './verdict.ts';
import type { VpnLog, VpnSession } from './vpn-log.ts';

/*
 * The credential at the edge against the one inside (TA18-276A, A-18): somebody holds a VPN session as one user, and a logon inside that comes
 * from the session's inner address is another user's. Judged wherever one of the two is a provider's.
 */

/** Logons inside from a VPN session's address that name somebody else than the session does. */
export function checkEdge(
  registry: Registry,
  vpn: VpnLog,
  observed: readonly Observed[],
  activities: readonly Activity[],
): Occurrence[] {
  if (vpn.empty) return [];
  const occurrences: Occurrence[] = [];
  const exact = new Set<string>();
  for (const { activity, slots } of observed) {
    if (!concerns(activity, vpn)) continue;
    exact.add(keyOf(activity));
    for (const slot of slots) {
      let count = slot.count;
      for (const moment of momentsOf(slot)) {
        const session = moment === undefined ? undefined : mismatch(registry, vpn, activity, moment);
        if (session === undefined) continue;
        occurrences.push(occurrence(registry, activity, session, moment!, slot.place, count));
        count = 0;
      }
    }
  }
  // Accounts that are no provider's: the judge saw no single event of them, but the ends of their activity are known.
  for (const activity of activities) {
    if (exact.has(keyOf(activity)) || !concerns(activity, vpn)) continue;
    for (const moment of new Set([activity.first, activity.last])) {
      const session = moment === undefined ? undefined : mismatch(registry, vpn, activity, moment);
      if (session?.provider === undefined) continue;
      occurrences.push(occurrence(registry, activity, session, moment!, activity.place, activity.count));
      break;
    }
  }
  return occurrences;
}

function keyOf(activity: Activity): string {
  return JSON.stringify([activity.facts.class.key, activity.facts.outcome, activity.facts.values]);
}

function concerns({ facts }: Activity, vpn: VpnLog): boolean {
  const ip = facts.values['src_endpoint.ip'];
  return (
    ip !== undefined &&
    facts.outcome !== 'failure' &&
    facts.class.class_uid === 3002 &&
    isUse(facts) &&
    facts.values['src_endpoint.assigned_ip'] === undefined &&
    vpn.gaveOut(ip)
  );
}

// The session whose address the logon came from, when every session that held it then is somebody else's.
function mismatch(
  registry: Registry,
  vpn: VpnLog,
  { facts, attribution }: Activity,
  moment: number,
): VpnSession | undefined {
  const principal = principalOf(facts);
  if (principal.name === undefined || principal.system || isSystemAccount(principal.name, principal.sid))
    return undefined;
  const sessions = vpn.holding(facts.values['src_endpoint.ip']!, moment);
  if (sessions.length === 0) return undefined;
  const account = attribution.declared === undefined ? undefined : registry.accounts[attribution.declared];
  if (
    sessions.some(
      (session) =>
        session.user === undefined ||
        session.user.user === principal.name!.user ||
        (account !== undefined && samePerson(session, account)),
    )
  )
    return undefined;
  const session = sessions[0]!;
  return session.provider !== undefined || attribution.provider !== undefined ? session : undefined;
}

function occurrence(
  registry: Registry,
  activity: Activity,
  session: VpnSession,
  moment: number,
  place: Activity['place'],
  count: number,
): Occurrence {
  const { attribution, facts } = activity;
  const provider = session.provider ?? attribution.provider!;
  const account: Account | undefined =
    attribution.declared === undefined ? undefined : registry.accounts[attribution.declared];
  const outside = session.label ?? 'somebody without a name';
  const inside = account?.label ?? attribution.account ?? '';
  return {
    key: 'edge-mismatch',
    title: 'Another account inside than at the VPN',
    level: 'high',
    refused: false,
    confidence: session.closed && session.opened ? 'high' : 'medium',
    techniques: ['T1078', 'T1133', 'T1199'],
    file: registry.file,
    provider,
    account: inside,
    host: attribution.host,
    who: account === undefined ? shown(inside) : whoIs(registry, account, attribution.account, provider),
    deed: readUse(facts).deed,
    broken: [
      {
        part: undefined,
        because: `through a VPN session that ${shown(outside)}${session.provider === undefined ? '' : ` of ${providerName(registry, session.provider)}`} had opened${session.outer === undefined ? '' : ` from ${shown(session.outer)}`}`,
        evidence: [
          { selection: 'edge-mismatch', field: 'user.name', value: shown(inside), expected: shown(outside) },
          {
            selection: 'edge-mismatch',
            field: 'src_endpoint.ip',
            value: facts.values['src_endpoint.ip']!,
            expected: 'the inner address of the session',
          },
        ],
      },
    ],
    by: attribution.by,
    eventClass: facts.class.key,
    srcIp: facts.values['src_endpoint.ip'],
    count,
    partial: false,
    first: moment,
    last: moment,
    places: [place, session.place],
  };
}
