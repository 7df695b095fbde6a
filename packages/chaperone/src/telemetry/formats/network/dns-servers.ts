import type { LogEvent, Place } from '../../event.ts';
import { roles } from '../event/class-table.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { MessageTable } from '../text/message-table.ts';

const DNS = [
  { product: 'linux', service: 'named' },
  { product: 'linux', service: 'syslog' },
  { category: 'dns' },
] as const;

const ROLES = roles({
  'src_endpoint.ip': 'src_ip',
  'src_endpoint.port': 'src_port',
  'dns.query': 'query',
  'device.hostname': 'hostname',
});

const query = { key: 'query', class_uid: 4003, activity: 'Query' } as const;

/** Queries as BIND and dnsmasq log them; the rest of what they say is plain syslog. */
const messages = new MessageTable({ format: 'dns-server', offers: DNS, roles: ROLES }, [
  {
    ...query,
    patterns: [
      'client @{id} {src_ip}#{src_port} ({}): query: {query} {} {record_type} {flags}',
      'client {src_ip}#{src_port} ({}): query: {query} {} {record_type} {flags}',
      'client {src_ip}#{src_port}: query: {query} {} {record_type} {flags}',
      'query[{record_type}] {query} from {src_ip}',
    ],
  },
  {
    key: 'answer',
    class_uid: 4003,
    activity: 'Response',
    patterns: ['reply {query} is {answer}', 'cached {query} is {answer}'],
  },
]);

export function decodeDnsServer(envelope: Envelope, text: string, place: Place): LogEvent | undefined {
  // BIND writes its category before the message where it is told to: `queries: info: client ...`
  const { body } = envelope;
  const from = body.startsWith('queries: info: ') ? 15 : 0;
  return messages.decode(body, from, envelope.time, place, text, envelope);
}
