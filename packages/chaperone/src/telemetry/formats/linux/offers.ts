import type { Offer } from '@chaperone/sigma';
import { roles } from '../event/class-table.ts';

/** SigmaHQ's Linux log sources: the service itself, `auth` (auth.log, secure) where the program logs there, and `syslog`. */
export function linuxOffers(service: string, auth: boolean): readonly Offer[] {
  const services = auth ? [service, 'auth', 'syslog'] : [service, 'syslog'];
  return [...new Set(services)].map((name) => ({ product: 'linux', service: name }));
}

/** What the captures of Linux messages stand for. */
export const LINUX_ROLES = roles({
  'user.name': 'user',
  'user.uid': 'uid',
  'actor.user.name': 'by',
  'actor.user.uid': 'by_uid',
  'actor.session.uid': 'session',
  'src_endpoint.ip': 'src_ip',
  'src_endpoint.port': 'src_port',
  'src_endpoint.hostname': 'src_host',
  'dst_endpoint.ip': 'dst_ip',
  'dst_endpoint.port': 'dst_port',
  'device.hostname': 'hostname',
  'auth.type': 'method',
  'auth.protocol': 'auth.protocol',
});
