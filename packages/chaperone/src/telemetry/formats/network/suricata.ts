import type { Offer } from '@chaperone/sigma';
import { parseIso } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { jsonFormat } from '../event/json-format.ts';

const ACCESS: JsonAccess = {
  aliases: new Map([
    // Version 3 of the DNS log has lists
    ['dns.rrname', ['dns.queries.rrname', 'dns.query.rrname']],
    ['dns.rrtype', ['dns.queries.rrtype', 'dns.query.rrtype']],
    ['dns.rdata', ['dns.answers.rdata', 'dns.grouped.A', 'dns.grouped.AAAA', 'dns.grouped.TXT']],
  ]),
};

const HTTP: Readonly<Record<string, string>> = {
  'c-uri': 'http.url',
  'c-uri-query': 'http.url',
  'cs-uri': 'http.url',
  'cs-uri-query': 'http.url',
  'cs-uri-stem': 'http.url',
  'c-useragent': 'http.http_user_agent',
  'cs-user-agent': 'http.http_user_agent',
  'cs-method': 'http.http_method',
  'cs-host': 'http.hostname',
  'cs-referer': 'http.http_refer',
  'sc-status': 'http.status',
  dst_ip: 'dest_ip',
};
const FIREWALL: Offer = {
  category: 'firewall',
  fields: { dst_ip: 'dest_ip', dst_port: 'dest_port', action: 'alert.action' },
};

const EXTRA: Readonly<Record<string, readonly Offer[]>> = {
  http: [
    { category: 'proxy', fields: HTTP },
    { category: 'webserver', fields: HTTP },
  ],
  dns: [{ category: 'dns', fields: { query: 'dns.rrname', record_type: 'dns.rrtype', answer: 'dns.rdata' } }],
  flow: [FIREWALL],
  alert: [FIREWALL, { category: 'proxy', fields: HTTP }],
};

const CLASSES: Readonly<Record<string, number>> = {
  alert: 2004,
  http: 4002,
  dns: 4003,
  dhcp: 4004,
  rdp: 4005,
  smb: 4006,
  ssh: 4007,
  ftp: 4008,
  smtp: 4009,
};

const ROLES = roles({
  'src_endpoint.ip': 'src_ip',
  'src_endpoint.port': 'src_port',
  'dst_endpoint.ip': 'dest_ip',
  'dst_endpoint.port': 'dest_port',
  'dst_endpoint.hostname': ['http.hostname', 'tls.sni'],
  'device.hostname': ['host', 'sensor_name'],
  'dns.query': 'dns.rrname',
  'user.name': ['smb.ntlmssp.user', 'krb5.cname', 'rdp.cookie', 'ftp.command_data'],
  'certificate.serial': 'tls.serial',
  'file.path': ['fileinfo.filename', 'smb.filename'],
  'file.hashes': ['fileinfo.sha256', 'fileinfo.md5'],
  share: 'smb.share',
  'traffic.bytes_out': 'flow.bytes_toserver',
  'traffic.bytes_in': 'flow.bytes_toclient',
  url: 'http.url',
  tool: ['http.http_user_agent', 'ssh.client.software_version'],
});

function draft(type: string): ClassDraft {
  return {
    offers: [{ product: 'suricata', service: type }, ...(Object.hasOwn(EXTRA, type) ? EXTRA[type] : [])],
    class_uid: Object.hasOwn(CLASSES, type) ? CLASSES[type] : 4001,
    activity: type === 'alert' ? 'Create' : 'Traffic',
    roles: ROLES,
  };
}

const classes = new ClassTable('suricata', draft);

/** Suricata's EVE log. */
export const suricata = jsonFormat({
  name: 'suricata',
  title: 'Suricata EVE',
  recognise(json) {
    if (typeof json.event_type !== 'string' || typeof json.timestamp !== 'string') return 0;
    if (json.flow_id !== undefined || json.stats !== undefined) return 1;
    return json.src_ip !== undefined && json.dest_ip !== undefined ? 0.95 : 0;
  },
  decode(json, text, place, context) {
    const time = typeof json.timestamp === 'string' ? parseIso(json.timestamp, context.zone) : undefined;
    const type = typeof json.event_type === 'string' ? json.event_type : '';
    return new JsonEvent(classes.of(type), time, place, text, json, ACCESS);
  },
});
