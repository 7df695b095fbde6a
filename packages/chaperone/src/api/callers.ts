import { IpSet, parseIp, parseRange } from '../registry/index.ts';

/** The two ends of the connection that a request came by. */
export interface Peer {
  readonly address: string;
  /** our end; undefined where there is no socket */
  readonly local: string | undefined;
}

/** Where a request really comes from, and under which name it reached us. */
export interface Origin {
  readonly ip: string;
  /** with the port, as the browser wrote it */
  readonly host: string;
  /** somebody between says to have passed it on, trusted or not */
  readonly forwarded: boolean;
}

export interface CallersOptions {
  /** how browsers reach us, e.g. `https://chaperone.clinic.example` */
  readonly publicUrl: string;
  /** the address that was bound, as configured */
  readonly bound: string;
  /** further names that are answered to */
  readonly hosts: readonly string[];
  /** blocks of addresses of proxies whose word counts */
  readonly trustedProxies: readonly string[];
}

/** Proxies in a row, at most: what a client writes into the header itself is not read for ever. */
const MOST_HOPS = 20;
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Tells callers apart. What `X-Forwarded-For`, `Forwarded` and `X-Forwarded-Host` say counts only where the connection comes from a trusted proxy; a
 * name that nobody configured is not answered to, so that a page whose own name was turned to our address (DNS rebinding) reads nothing.
 */
export class Callers {
  readonly #names: ReadonlySet<string>;
  readonly #trusted: IpSet<true>;

  constructor({ publicUrl, bound, hosts, trustedProxies }: CallersOptions) {
    this.#names = new Set([nameOf(new URL(publicUrl).host), ...[bound, ...hosts].map(nameOf)]);
    this.#trusted = new IpSet(
      trustedProxies.flatMap((text) => {
        const range = parseRange(text);
        return range === undefined ? [] : [{ range, value: true as const }];
      }),
    );
  }

  originOf(peer: Peer, headers: Headers, fallback: string): Origin {
    const forwarded = headers.has('x-forwarded-for') || headers.has('forwarded') || headers.has('via');
    const host = headers.get('host') ?? fallback;
    if (!forwarded || !this.#trusted.has(peer.address)) return { ip: peer.address, host, forwarded };
    return {
      ip: this.#client(peer.address, headers),
      host: headers.get('x-forwarded-host')?.split(',').at(-1)?.trim() ?? host,
      forwarded,
    };
  }

  /** Whether a request for this host is meant for us. */
  answersTo(host: string, peer: Peer): boolean {
    const name = nameOf(host);
    return (
      LOOPBACK_NAMES.has(name) ||
      this.#names.has(name) ||
      // Nobody can turn an address into another one: it is what the caller typed.
      (peer.local !== undefined && parseIp(name) !== undefined && same(name, peer.local))
    );
  }

  /** This machine, and nobody on whose behalf it asks. */
  isLocal({ ip, host, forwarded }: Origin): boolean {
    return !forwarded && isLoopback(ip) && LOOPBACK_NAMES.has(nameOf(host));
  }

  /** From the nearest hop outwards, until somebody who isn't trusted. */
  #client(nearest: string, headers: Headers): string {
    const listed = listOf(headers.get('x-forwarded-for'));
    const stated = statedOf(headers.get('forwarded'));
    // A proxy writes one of them; the other is the client's own invention unless both say the same.
    const hops = listed.length === 0 ? stated : listed;
    if (listed.length > 0 && stated.length > 0 && listed.at(-1) !== stated.at(-1)) return nearest;
    let ip = nearest;
    for (let hop = 1; hop <= Math.min(hops.length, MOST_HOPS) && this.#trusted.has(ip); hop += 1) {
      const next = hops[hops.length - hop];
      if (parseIp(next) === undefined) return ip;
      ip = next;
    }
    return ip;
  }
}

/** The host's name or address in small letters, without the port. */
function nameOf(host: string): string {
  const clean = host.trim().toLowerCase();
  if (clean.startsWith('[')) return clean.replace(/\]:\d*$/, ']');
  // A bare IPv6 address, as a setting may give it.
  if (clean.split(':').length > 2) return `[${clean}]`;
  return clean.replace(/:\d*$/, '').replace(/\.$/, '');
}

function same(name: string, address: string): boolean {
  const [one, other] = [parseIp(name), parseIp(address)];
  return one !== undefined && other !== undefined && one.version === other.version && one.value === other.value;
}

function listOf(header: string | null): string[] {
  return header === null || header === '' ? [] : header.split(',').map(bare);
}

/** The `for` of each element of a Forwarded header (RFC 7239). */
function statedOf(header: string | null): string[] {
  return header === null
    ? []
    : header.split(',').map((one) => bare(/(?:^|;)\s*for=("[^"]*"|[^;]*)/i.exec(one)?.[1] ?? ''));
}

/** An address without quotes, brackets and port. */
function bare(text: string): string {
  const clean = text.trim().replace(/^"|"$/g, '');
  const inBrackets = /^\[([^\]]+)\](:\d+)?$/.exec(clean);
  if (inBrackets !== null) return inBrackets[1];
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(clean) ? clean.slice(0, clean.indexOf(':')) : clean;
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.') || ip.startsWith('::ffff:127.');
}
