import { type AccountName, type Facts, parseIp } from '../../registry/index.ts';

/** One line of a VPN's log. Time in microseconds. Plain data: it passes between threads. */
export interface VpnRecord {
  readonly time: number;
  readonly kind: 'open' | 'alive' | 'close' | 'failed' | 'other';
  readonly user: AccountName | undefined;
  readonly label: string | undefined;
  readonly outer: string | undefined;
  readonly inner: string | undefined;
  readonly factor: string | undefined;
  readonly gateway: string | undefined;
  readonly provider: string | undefined;
  readonly declared: number | undefined;
  readonly place: { readonly file: string; readonly record: number; readonly offset?: number };
}

/** A stretch during which a VPN session was open. `end` is when it closed, or until when it can still have been open. */
export interface VpnSession {
  readonly user: AccountName | undefined;
  readonly label: string | undefined;
  readonly provider: string | undefined;
  readonly declared: number | undefined;
  outer: string | undefined;
  inner: string | undefined;
  factor: string | undefined;
  readonly start: number;
  end: number;
  /** whether its end stands in the log; otherwise it is believed for `UNCLOSED` */
  closed: boolean;
  /** whether its begin stands in the log */
  readonly opened: boolean;
  readonly place: VpnRecord['place'];
}

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
/** A session whose close never came is believed this long: gateways end sessions after a working day at most. */
const UNCLOSED = 24 * HOUR;
/** Clocks of gateway and host differ, and logons come before the gateway has written its line. */
const SLACK = 2 * MINUTE;
/** A VPN log with nothing in it for longer than this may have a hole: a long weekend is quieter than a hole only by guess. */
const HOLE = 96 * HOUR;

/** What a line of a VPN's log says happened. */
export function vpnKind(facts: Facts): VpnRecord['kind'] {
  const { activity } = facts.class;
  if (facts.outcome === 'failure' || /fail|refus|den(?:y|ied)|reject/i.test(activity)) return 'failed';
  if (/close|disconnect|terminat|stop|log ?off|log ?out|\bend|down|expire|timeout/i.test(activity)) return 'close';
  if (/interim|renew|update|rekey|alive/i.test(activity)) return 'alive';
  return /open|start|connect|establish|assign|log ?on|log ?in|accept|up/i.test(activity) ? 'open' : 'other';
}

/** All VPN sessions that the logs show, and for which times the logs speak at all. */
export class VpnLog {
  readonly sessions: readonly VpnSession[];
  readonly #byInner = new Map<string, VpnSession[]>();
  readonly #byUser = new Map<string, VpnSession[]>();
  readonly #times: readonly number[];
  readonly #complete: boolean;

  /** `complete`: no record was dropped for want of memory. */
  constructor(records: readonly VpnRecord[], complete: boolean) {
    const sorted = [...records].sort((a, b) => a.time - b.time || ORDER[a.kind] - ORDER[b.kind]);
    this.#times = sorted.map((record) => record.time);
    this.#complete = complete;
    this.sessions = buildSessions(sorted);
    for (const session of this.sessions) {
      if (session.inner !== undefined) add(this.#byInner, addressKey(session.inner), session);
      if (session.user !== undefined) add(this.#byUser, session.user.user, session);
    }
  }

  /** Whether the VPN's log speaks for this moment: it has lines before and after, with no hole between. */
  covers(time: number): boolean {
    if (!this.#complete || this.#times.length === 0) return false;
    const at = lowerBound(this.#times, time);
    const after = this.#times[at];
    if (after !== undefined && after - time <= SLACK) return true;
    const before = this.#times[at - 1];
    return before !== undefined && after !== undefined && after - before <= HOLE;
  }

  get empty(): boolean {
    return this.#times.length === 0;
  }

  /** Sessions that held this inner address at this moment. */
  holding(inner: string, time: number): readonly VpnSession[] {
    return (this.#byInner.get(addressKey(inner)) ?? []).filter((session) => open(session, time));
  }

  /** Whether this inner address was ever given out. */
  gaveOut(inner: string): boolean {
    return this.#byInner.has(addressKey(inner));
  }

  /** Sessions of this user name at this moment. */
  ofUser(user: string, time: number): readonly VpnSession[] {
    return (this.#byUser.get(user) ?? []).filter((session) => open(session, time));
  }

  /** Sessions at this moment for which a test holds. */
  where(test: (session: VpnSession) => boolean, time: number): readonly VpnSession[] {
    return this.sessions.filter((session) => open(session, time) && test(session));
  }
}

const ORDER = { close: 0, failed: 1, open: 2, alive: 3, other: 4 } as const;

function open(session: VpnSession, time: number): boolean {
  return time >= session.start - SLACK && time <= session.end + SLACK;
}

// One walk in order of time. A line belongs to the open session of its inner address, or of its user where it names none.
function buildSessions(sorted: readonly VpnRecord[]): VpnSession[] {
  const sessions: VpnSession[] = [];
  const openByUser = new Map<string, VpnSession[]>();
  const openByInner = new Map<string, VpnSession>();
  const logStart = sorted[0]?.time ?? 0;
  for (const record of sorted) {
    if (record.kind === 'failed') continue;
    const user = record.user?.user ?? record.label ?? `address ${record.outer ?? ''}`;
    const live = (openByUser.get(user) ?? []).filter((session) => session.end >= record.time);
    // Gateways write several lines for one session, and not all name both addresses: one that contradicts nothing is the same.
    const same = [...live]
      .reverse()
      .find((session) => fits(session.inner, record.inner) && fits(session.outer, record.outer));
    if (record.kind === 'close') {
      const ended = same ?? live[live.length - 1];
      if (ended !== undefined) {
        ended.end = record.time;
        ended.closed = true;
        ended.inner ??= record.inner;
        ended.outer ??= record.outer;
        openByUser.set(
          user,
          live.filter((session) => session !== ended),
        );
      } else {
        // Its begin lies before the log: it was open since then, or for as long as a session is believed.
        sessions.push({
          ...begin(record, Math.max(logStart, record.time - UNCLOSED), false),
          end: record.time,
          closed: true,
        });
      }
      continue;
    }
    if (same !== undefined) {
      same.inner ??= record.inner;
      same.outer ??= record.outer;
      same.factor ??= record.factor;
      same.end = Math.max(same.end, record.time + UNCLOSED);
      continue;
    }
    // A line that says neither opens nothing: it may stand before the sign-in succeeded.
    if (record.kind === 'other') continue;
    // An inner address belongs to one session at a time: who gets it now ends who had it.
    const session = begin(record, record.time, record.kind === 'open');
    if (record.inner !== undefined) {
      const holder = openByInner.get(record.inner);
      if (holder !== undefined && !holder.closed && holder.end > record.time) holder.end = record.time;
      openByInner.set(record.inner, session);
    }
    sessions.push(session);
    openByUser.set(user, [...live, session]);
  }
  return sessions;
}

function begin(record: VpnRecord, start: number, opened: boolean): VpnSession {
  const { user, label, provider, declared, outer, inner, factor, place } = record;
  return {
    user,
    label,
    provider,
    declared,
    outer,
    inner,
    factor,
    start,
    end: start + UNCLOSED,
    closed: false,
    opened,
    place,
  };
}

function fits(known: string | undefined, stated: string | undefined): boolean {
  return known === undefined || stated === undefined || known === stated;
}

function addressKey(address: string): string {
  const ip = parseIp(address);
  return ip === undefined ? address : `${ip.version}/${ip.value}`;
}

function add(map: Map<string, VpnSession[]>, key: string, session: VpnSession): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [session]);
  else list.push(session);
}

function lowerBound(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
