import {
  type Facts,
  hostName,
  type Link,
  type Provider,
  parseIp,
  type Registry,
  sameHost,
} from '../../registry/index.ts';

/**
 * Sign-ins that a VPN gateway, or the RADIUS server that it asks, writes for its sessions: AAA and WebVPN lines of a Cisco, NPS, Windows' own
 * RemoteAccess, OpenVPN, GlobalProtect, FortiGate's VPN. A sign-in to the gateway's own management (SSH, HTTPS, console) isn't one.
 */
const VPN_SIGN_IN =
  /^(?:cisco-asa\/(?:113|716|722|734)\d{3}|nps\/|openvpn\/|paloalto\/globalprotect|fortigate\/event\/vpn\/|windows\/Security\/.*\/627\d$|windows\/.*RemoteAccess)/i;
const VPN_PROTOCOL = /vpn|ipsec|\bike|anyconnect|globalprotect|radius/i;

/** Whether facts are of somebody's VPN session: a tunnel with a user (not one between sites), or a sign-in that was given an inner address. */
export function isVpn({ class: { class_uid: uid }, values }: Facts): boolean {
  if (values['src_endpoint.assigned_ip'] !== undefined) return true;
  return uid === 4014 && (values['user.name'] !== undefined || values['actor.user.name'] !== undefined);
}

/**
 * The link at whose gateway an event stands: a session that opens there, or the sign-in for it. Such an event is the edge of the link: nothing
 * inside was reached yet, and its source is where the outside begins. Undefined for all other events, and for gateways that no link names.
 */
export function linkAtEdge(provider: Provider, facts: Facts): Link | undefined {
  const tunnel = isVpn(facts);
  if (!tunnel && !isVpnSignIn(facts)) return undefined;
  const { values } = facts;
  const named = [values['dst_endpoint.hostname'], values['device.hostname'], values['dst_endpoint.ip']].flatMap(
    (name) => (name === undefined ? [] : [hostName(name)]),
  );
  const byGateway = provider.links.find(
    ({ gateway }) => gateway !== undefined && named.some((name) => sameHost(hostName(gateway), name)),
  );
  if (byGateway !== undefined) return byGateway;
  const inner = values['src_endpoint.assigned_ip'];
  const address = inner === undefined ? undefined : parseIp(inner);
  if (address !== undefined) {
    const byPool = provider.links.find((link) =>
      link.pool.some(
        ({ range }) => range.version === address.version && range.from <= address.value && range.to >= address.value,
      ),
    );
    if (byPool !== undefined) return byPool;
  }
  // One link, whose gateway nobody named: a session is most likely its.
  const open = provider.links.filter((link) => link.kind === 'remote_vpn');
  return tunnel && open.length === 1 && open[0]!.gateway === undefined ? open[0] : undefined;
}

function isVpnSignIn({ class: { class_uid: uid, key }, values }: Facts): boolean {
  return uid === 3002 && (VPN_SIGN_IN.test(key) || VPN_PROTOCOL.test(values['auth.protocol'] ?? ''));
}

/** Whether an event was written by a firewall, VPN gateway or RADIUS server, which know users of the domain by their bare names. */
export function isGatewayLog(registry: Registry, facts: Facts): boolean {
  if (isVpn(facts) || isVpnSignIn(facts)) return true;
  const host = facts.values['device.hostname'];
  return (
    host !== undefined &&
    registry.providers.some((provider) =>
      provider.links.some(({ gateway }) => gateway !== undefined && sameHost(hostName(gateway), hostName(host))),
    )
  );
}
