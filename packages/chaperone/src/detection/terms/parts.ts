import {
  type Account,
  type Facts,
  formatDay,
  formatMinute,
  glob,
  hostName,
  type Link,
  lastDayBefore,
  type NamedRange,
  parseIp,
  type Registry,
  type System,
  type Term,
  wallClock,
  within,
  type Zone,
} from '../../registry/index.ts';
import { shown } from '../registry-finding.ts';
import { type Answer, IDLE, YES } from './truth.ts';
import type { Use } from './use.ts';
import type { VpnLog, VpnSession } from './vpn-log.ts';

/** What is asked about: one account's use, as one kind of event shows it. */
export interface Subject {
  readonly account: Account;
  readonly facts: Facts;
  readonly use: Use;
  readonly tool: string | undefined;
  /** the link at whose gateway the event stands */
  readonly edge: Link | undefined;
}

/** Whether the moment (microseconds; undefined where the source states none) lies in the agreed hours. */
export function askWhen(term: Term, time: number | undefined): Answer {
  if (term.when === undefined) return IDLE;
  if (time === undefined)
    return { truth: 'unknown', reason: 'the events state no time', mend: 'Export the log with its time stamps.' };
  const { hours, zone, text } = term.when;
  const wall = wallClock(zone, time / 1000);
  if (within(hours, wall)) return YES;
  const closed =
    hours.closed.has(wall.day) && !hours.exceptions.has(wall.day) ? `, and ${formatDay(wall.day)} is a holiday` : '';
  return {
    truth: 'no',
    because: `outside the agreed hours ${text} (${zone.name})${closed}`,
    field: 'time',
    value: `${formatDay(wall.day)} ${formatMinute(wall.minute)}`,
    expected: text,
  };
}

/** Whether the term still ran. */
export function askUntil(term: Term, time: number | undefined, zone: Zone): Answer {
  if (term.until === undefined) return IDLE;
  if (time === undefined)
    return { truth: 'unknown', reason: 'the events state no time', mend: 'Export the log with its time stamps.' };
  if (time / 1000 < term.until) return YES;
  return {
    truth: 'no',
    because: `after the term "${term.id}" ended on ${formatDay(lastDayBefore(zone, term.until))}`,
    field: 'time',
    expected: formatDay(lastDayBefore(zone, term.until)),
  };
}

/** Whether it came from an agreed source; where the address is one that the VPN gave out, the outer address counts too. */
export function askFrom(term: Term, subject: Subject, time: number | undefined, vpn: VpnLog): Answer {
  const { facts, use, edge } = subject;
  const from = term.from;
  if (from === undefined || use.remote === 'no' || isEdgeOf(term, edge)) return IDLE;
  const ip = edge === undefined ? facts.values['src_endpoint.ip'] : outerOf(subject, time, vpn);
  const host = facts.values['src_endpoint.hostname'];
  if (ip !== undefined && from.networks.has(ip)) return YES;
  const known = host !== undefined && from.hosts.some((pattern) => pattern.matches(hostName(host)));
  // The workstation's name is the far end's own word: it decides only where no network was agreed, or no address is stated.
  if (known && (ip === undefined || from.networks.size === 0)) return YES;
  if (ip === undefined && host === undefined)
    return {
      truth: 'unknown',
      reason: 'the events state no source',
      mend: 'Send logs that name the source address: Security 4624 of the host itself, or the VPN’s log.',
    };
  if (ip !== undefined && from.networks.size === 0 && host === undefined)
    return {
      truth: 'unknown',
      reason: 'the events state an address, and only host names were agreed',
      mend: 'Add the agreed networks to `from`.',
    };
  if (ip === undefined && from.hosts.length === 0)
    return {
      truth: 'unknown',
      reason: 'the events state a host name, and only networks were agreed',
      mend: 'Send logs that name the source address, or add the host to `from`.',
    };
  if (ip !== undefined && vpn.gaveOut(ip)) {
    const sessions = time === undefined ? [] : vpn.holding(ip, time);
    const outer = sessions.map((session) => session.outer).filter((address) => address !== undefined);
    if (outer.some((address) => from.networks.has(address))) return YES;
    if (outer.length === 0)
      return {
        truth: 'unknown',
        reason: `${ip} is an address that the VPN gives out, and no session of that time shows from where`,
        mend: 'Send the VPN’s whole log, with outer addresses.',
      };
    return {
      truth: 'no',
      because: `from ${shown(outer[0]!)} (inside as ${ip}), which is none of the agreed sources (${from.text})`,
      field: 'src_endpoint.ip',
      value: outer[0]!,
      expected: from.text,
    };
  }
  const value = ip ?? host!;
  return {
    truth: 'no',
    because: `from ${shown(value)}, which is none of the agreed sources (${from.text})`,
    field: ip === undefined ? 'src_endpoint.hostname' : 'src_endpoint.ip',
    value,
    expected: from.text,
  };
}

/** At the gateway of an agreed link, `from` speaks of the inside: the session's own source is another question. */
function isEdgeOf(term: Term, edge: Link | undefined): edge is Link {
  return edge !== undefined && term.from?.links.includes(edge) === true;
}

/**
 * Whether a session at an agreed link's gateway came from the provider's own networks, or from another agreed source. A line that states no
 * source (a gateway writes several for one session) is answered by the session that it belongs to.
 */
export function askEdge(term: Term, subject: Subject, time: number | undefined, vpn: VpnLog): Answer {
  const { account, facts, edge } = subject;
  if (!isEdgeOf(term, edge)) return IDLE;
  const { provider } = account;
  const outer = outerOf(subject, time, vpn);
  if (outer === undefined) {
    if (facts.outcome === 'failure') return IDLE;
    return {
      truth: 'unknown',
      reason: 'the gateway’s lines state no source',
      mend: 'Send the VPN’s whole log, with outer addresses.',
    };
  }
  if (term.from!.networks.has(outer) || contains(provider.networks, outer)) return YES;
  if (provider.networks.length === 0)
    return {
      truth: 'unknown',
      reason: `${provider.name} has no networks declared, so nobody can say which sources are its own`,
      mend: 'Add the provider’s `networks` to the registry.',
    };
  const own = provider.networks.map(({ text }) => text);
  const text = `${own.slice(0, 4).join(', ')}${own.length > 4 ? ` and ${own.length - 4} more` : ''}`;
  return {
    truth: 'no',
    because: `from ${shown(outer)}, which is none of ${provider.name}'s networks (${text})`,
    field: 'src_endpoint.ip',
    value: outer,
    expected: text,
  };
}

// The source of a gateway's line: its own word, or that of the session which the same person had open there.
function outerOf({ account, facts }: Subject, time: number | undefined, vpn: VpnLog): string | undefined {
  const stated = facts.values['src_endpoint.ip'];
  if (stated !== undefined || time === undefined || facts.outcome === 'failure') return stated;
  return vpn
    .where((session) => samePerson(session, account), time)
    .map((session) => session.outer)
    .find((source) => source !== undefined);
}

function contains(networks: readonly NamedRange[], text: string): boolean {
  const ip = parseIp(text);
  return (
    ip !== undefined &&
    networks.some(({ range }) => range.version === ip.version && range.from <= ip.value && range.to >= ip.value)
  );
}

/** Whether what was reached is among the agreed systems. */
export function askTo(term: Term, { facts, use, edge }: Subject): Answer {
  const to = term.to;
  if (to === undefined || edge !== undefined) return IDLE;
  const { values } = facts;
  const cloud = values['cloud.account.uid'];
  let host = use.reaches ? (values['device.hostname'] ?? values['dst_endpoint.hostname']) : undefined;
  // A Kerberos service ticket names the host it is for.
  if (!use.reaches && /\/4769$/.test(facts.class.key)) {
    const service = values['service.name'];
    if (service?.endsWith('$')) host = service;
  }
  if (!use.reaches && host === undefined) return IDLE;
  // Explicit credentials and outgoing connections: the far end is what was reached.
  if (/\/4648$/.test(facts.class.key) && values['dst_endpoint.hostname'] !== undefined)
    host = values['dst_endpoint.hostname'];
  const ip = values['dst_endpoint.ip'] ?? (host !== undefined && parseIp(host) !== undefined ? host : undefined);
  if (host !== undefined && /^(?:localhost|-)$/i.test(host)) return IDLE;
  if (host === undefined && ip === undefined && cloud === undefined)
    return { truth: 'unknown', reason: 'the events don’t say what was reached', mend: 'Send logs that name the host.' };
  const name = host === undefined ? undefined : hostName(host);
  if (name !== undefined && to.hosts.some((pattern) => pattern.matches(name))) return YES;
  if (to.systems.some((system) => holds(system, name, ip, cloud))) return YES;
  const value = host ?? ip ?? cloud!;
  // An address can be a host that was agreed by name: only systems with networks say which addresses are theirs.
  if (host === undefined && ip !== undefined && !to.systems.some((system) => system.networks.length > 0)) {
    return {
      truth: 'unknown',
      reason: `the events name ${ip} only by address, and the agreed systems only by name`,
      mend: 'Add `networks` to the systems.',
    };
  }
  return {
    truth: 'no',
    because: `which is none of the agreed systems (${to.text})`,
    field: host === undefined ? 'dst_endpoint.ip' : 'device.hostname',
    value,
    expected: to.text,
  };
}

function holds(system: System, name: string | undefined, ip: string | undefined, cloud: string | undefined): boolean {
  if (name !== undefined && system.hosts.some((pattern) => pattern.matches(name))) return true;
  if (cloud !== undefined && system.cloud.some((id) => id.toLowerCase() === cloud.toLowerCase())) return true;
  return ip !== undefined && contains(system.networks, ip);
}

/** Whether the remote-management tool, where one shows, is an agreed one. */
export function askWith(term: Term, { tool }: Subject): Answer {
  if (term.with === undefined || tool === undefined) return IDLE;
  if (term.with.some((agreed) => agreed.name.toLowerCase() === tool.toLowerCase())) return YES;
  const text = term.with.map((agreed) => agreed.name).join(', ');
  return {
    truth: 'no',
    because: `with ${shown(tool)}, where ${text === '' ? 'no tool' : `only ${text}`} was agreed`,
    field: 'tool',
    value: tool,
    expected: text,
  };
}

/** Whether a VPN session of the same person was open. */
export function askVpn(term: Term, subject: Subject, time: number | undefined, vpn: VpnLog): Answer {
  if (!term.vpn || subject.edge !== undefined || subject.facts.class.class_uid === 4014) return IDLE;
  if (vpn.empty)
    return { truth: 'unknown', reason: 'no VPN log was read', mend: 'Add the VPN gateway’s log to the scan.' };
  if (time === undefined)
    return { truth: 'unknown', reason: 'the events state no time', mend: 'Export the log with its time stamps.' };
  if (vpn.where((session) => samePerson(session, subject.account), time).length > 0) return YES;
  if (!vpn.covers(time))
    return {
      truth: 'unknown',
      reason: 'the VPN’s log doesn’t cover the time',
      mend: 'Export the VPN’s log for the whole time.',
    };
  return {
    truth: 'no',
    because: 'without an open VPN session',
    field: 'time',
    expected: 'a VPN session of the same person',
  };
}

/** Whether a session of the VPN belongs to who holds an account: the account itself, its person, or the same name. */
export function samePerson(session: VpnSession, account: Account): boolean {
  if (session.declared !== undefined) {
    if (session.declared === account.index) return true;
    const other = account.provider.accounts.find((one) => one.index === session.declared);
    if (other?.person !== undefined && other.person === account.person) return true;
  }
  const users = [account.name?.user, account.declared.upn?.toLowerCase().split('@')[0]];
  return session.user !== undefined && users.includes(session.user.user);
}

/** Whether a ticket covered the moment. */
export function askTicket(term: Term, subject: Subject, time: number | undefined, registry: Registry): Answer {
  if (term.ticket === undefined) return IDLE;
  const { pattern } = term.ticket;
  const fits = pattern === undefined ? () => true : glob(pattern);
  const { tickets } = registry;
  const stated = subject.facts.values['ticket.uid'];
  if (tickets === undefined)
    return {
      truth: 'unknown',
      reason: 'no tickets were given',
      mend: 'Give `tickets` in the registry, inline or as a CSV export.',
    };
  if (time === undefined)
    return { truth: 'unknown', reason: 'the events state no time', mend: 'Export the log with its time stamps.' };
  const now = time / 1000;
  const { account, facts } = subject;
  const host = facts.values['device.hostname'];
  const name = host === undefined ? undefined : hostName(host);
  const covering = tickets.list.some(
    (ticket) =>
      now >= ticket.from &&
      now < ticket.to &&
      ticket.provider === account.provider.slug &&
      fits(ticket.id) &&
      (stated === undefined || stated === ticket.id) &&
      (ticket.account === undefined ||
        ticket.account === account ||
        (ticket.account.person !== undefined && ticket.account.person === account.person)) &&
      (ticket.system === undefined ||
        !subject.use.reaches ||
        holds(ticket.system, name, facts.values['dst_endpoint.ip'], facts.values['cloud.account.uid'])),
  );
  if (covering) return YES;
  const { from, to } = tickets.covers;
  if (from === undefined || to === undefined || now < from || now >= to)
    return {
      truth: 'unknown',
      reason: 'the list of tickets doesn’t cover the time',
      mend: 'Export tickets for the whole time, and say in `tickets` from when to when the list is complete.',
    };
  return {
    truth: 'no',
    because: 'without a ticket that covers the time',
    field: 'time',
    expected: pattern ?? 'a ticket',
  };
}

/** Whether a second factor was used, where the source states it; a VPN session with one counts. */
export function askMfa(term: Term, subject: Subject, time: number | undefined, vpn: VpnLog): Answer {
  if (!term.mfa || !subject.use.signIn) return IDLE;
  const stated = statedFactor(subject.facts);
  if (stated === true) return YES;
  const ip = subject.facts.values['src_endpoint.ip'];
  if (time !== undefined && ip !== undefined) {
    const carried = vpn
      .holding(ip, time)
      .find((session) => samePerson(session, subject.account) && readFactor(session.factor) === true);
    if (carried !== undefined) return YES;
  }
  if (stated === false)
    return {
      truth: 'no',
      because: 'without a second factor',
      field: 'auth.factor',
      value: subject.facts.values['auth.factor'] ?? '',
      expected: 'a second factor',
    };
  return {
    truth: 'unknown',
    reason: 'the source doesn’t state whether a second factor was used',
    mend: 'Send sign-in logs that state the factor: Entra, Okta, or the VPN’s with its authentication server.',
  };
}

/** Whether an event states a second factor. Kerberos states a number: only a certificate (PKINIT, RFC 4556) says something of factors. */
function statedFactor(facts: Facts): boolean | undefined {
  const text = facts.values['auth.factor'];
  if (/\/47\d\d$/.test(facts.class.key))
    return text !== undefined && /^(?:0x)?(?:1[4-7])$/i.test(text) ? true : undefined;
  return readFactor(text);
}

/** Whether a source's word for the factor means a second one; undefined when it says neither. */
export function readFactor(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/single|^(?:false|no|none|n\/a|password|pwd|notapplied|not ?required)$|password ?only/i.test(text)) return false;
  if (
    /multi|mfa|2fa|two|second|otp|push|fido|webauthn|passkey|smart ?card|certificate|pkinit|hardware|duo|authenticator|^(?:true|yes)$/i.test(
      text,
    )
  )
    return true;
  return undefined;
}
