import type { Offer } from '@chaperone/sigma';
import type { LogEvent, Place } from '../../event.ts';
import { ClassTable } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import { linuxOffers } from '../linux/offers.ts';
import type { Envelope } from './envelope.ts';

/** Programs by the names that SigmaHQ's log sources give them. */
const SERVICES: Readonly<Record<string, string>> = {
  crond: 'cron',
  CROND: 'cron',
  CRON: 'cron',
  crontab: 'cron',
  anacron: 'cron',
  guacd: 'guacamole',
  clamd: 'clamav',
  freshclam: 'clamav',
  clamscan: 'clamav',
  'clamav-daemon': 'clamav',
};

/** Offers of programs that aren't of the operating system. */
const OTHERS: Readonly<Record<string, readonly Offer[]>> = {
  sslvpnd: [{ product: 'fortios', service: 'sslvpnd' }],
  gpsvc: [{ product: 'paloalto', category: 'appliance', service: 'globalprotect' }],
  apache2: [{ service: 'apache' }, { product: 'linux', service: 'syslog' }],
  httpd: [{ service: 'apache' }, { product: 'linux', service: 'syslog' }],
  nginx: [{ service: 'nginx' }, { product: 'linux', service: 'syslog' }],
};

const empty = new Shape([]);

function draft(service: string, auth: boolean) {
  return {
    offers: OTHERS[service] ?? linuxOffers(SERVICES[service] ?? (service === '' ? 'syslog' : service), auth),
    roles: [{ field: 'hostname', as: 'device.hostname' }] as const,
  };
}

const plain = new ClassTable('syslog', (program) => draft(program === '*' ? '' : program, false));
const secure = new ClassTable('syslog-auth', (program) => draft(program === '*' ? '' : program, true));

/** Facilities `auth` (4) and `authpriv` (10), RFC 5424 section 6.2.1. */
function isAuth(envelope: Envelope): boolean {
  return envelope.facility === 4 || envelope.facility === 10;
}

/** A message that no decoder knows keeps its envelope's fields; it is never lost. */
export function decodeGeneric(envelope: Envelope, text: string, place: Place): LogEvent {
  const kind = (isAuth(envelope) ? secure : plain).of(serviceName(envelope.program));
  return new ShapedEvent(kind, envelope.time, place, text, empty, [], envelope);
}

/** The program without its path and what follows in brackets: `/usr/sbin/cron`, `sshd(pam_unix)`. */
export function serviceName(program: string | undefined): string {
  if (program === undefined) return '';
  const paren = program.indexOf('(');
  const name = paren > 0 ? program.slice(0, paren) : program;
  return name.slice(name.lastIndexOf('/') + 1);
}
