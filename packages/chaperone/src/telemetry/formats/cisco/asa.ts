import type { LogEvent, Place } from '../../event.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { MessageTable } from '../text/message-table.ts';
import { ASA_MESSAGES } from './asa-messages.ts';

const OFFERS = [{ product: 'cisco', service: 'asa' }] as const;

const ROLES = roles({
  'user.name': 'user',
  'actor.session.uid': 'session',
  'src_endpoint.ip': 'src_ip',
  'src_endpoint.port': 'src_port',
  'src_endpoint.assigned_ip': 'assigned_ip',
  'dst_endpoint.ip': 'dst_ip',
  'dst_endpoint.port': 'dst_port',
  'device.hostname': 'hostname',
  'auth.type': 'method',
  'auth.protocol': 'auth.protocol',
  // As the peer sees it: what the firewall transmits comes in
  'traffic.bytes_in': 'bytes_xmt',
  'traffic.bytes_out': 'bytes_rcv',
  tool: 'tool',
});

const messages = new Map(
  Object.entries(ASA_MESSAGES).map(([id, message]) => [
    id,
    new MessageTable({ format: 'cisco-asa', offers: OFFERS, roles: ROLES }, [
      { key: id, ...message, constants: { ...message.constants, message_id: id } },
    ]),
  ]),
);
const others = new ClassTable('cisco-asa', () => ({
  offers: OFFERS,
  roles: [{ field: 'hostname', as: 'device.hostname' }],
}));
const other = new Shape(['text', 'message_id', 'level']);

/** Whether a message body starts as ASA's, FTD's, PIX's or FWSM's do: `%ASA-6-302013: `. */
export function isAsa(body: string): boolean {
  return body.startsWith('%ASA-') || body.startsWith('%FTD-') || body.startsWith('%PIX-') || body.startsWith('%FWSM-');
}

/** One message that {@link isAsa} says yes to; undefined where no message number follows. */
export function decodeAsa(envelope: Envelope, text: string, place: Place): LogEvent | undefined {
  const { body } = envelope;
  // `%ASA-6-302013: `, and with a class between as some versions write it: `%ASA-vpn-6-113039: `
  const colon = body.indexOf(': ');
  if (colon < 12 || colon > 40) return undefined;
  const id = body.slice(colon - 6, colon);
  if (!/^\d{6}$/.test(id) || body.charCodeAt(colon - 7) !== 45) return undefined;
  const known = messages.get(id)?.decode(body, colon + 2, envelope.time, place, text, envelope);
  if (known !== undefined) return known;
  const values = [body.slice(colon + 2), id, body.slice(colon - 8, colon - 7)];
  return new ShapedEvent(others.of(id), envelope.time, place, text, other, values, envelope);
}
