import type { EventAccess, Offer } from '@chaperone/sigma';
import type { Outcome, Role } from '../../event.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';

/** OCSF classes of Zeek's streams: 4001 Network Activity for those that have none of their own. */
const CLASSES: Readonly<Record<string, number>> = {
  dns: 4003,
  http: 4002,
  rdp: 4005,
  smb_files: 4006,
  smb_mapping: 4006,
  dce_rpc: 4006,
  ssh: 4007,
  ftp: 4008,
  smtp: 4009,
  kerberos: 3002,
  ntlm: 3002,
  radius: 3002,
  tunnel: 4014,
  notice: 2004,
};

const WEB: Readonly<Record<string, string>> = {
  'c-uri': 'uri',
  'c-uri-query': 'uri',
  'cs-uri': 'uri',
  'cs-uri-query': 'uri',
  'cs-uri-stem': 'uri',
  'c-useragent': 'user_agent',
  'cs-user-agent': 'user_agent',
  'cs-method': 'method',
  'cs-host': 'host',
  'cs-referer': 'referrer',
  'cs-username': 'username',
  'sc-status': 'status_code',
  dst_ip: 'id.resp_h',
  src_ip: 'id.orig_h',
};

const EXTRA: Readonly<Record<string, readonly Offer[]>> = {
  dns: [{ category: 'dns', fields: { record_type: 'qtype_name', answer: 'answers' } }],
  http: [
    { category: 'proxy', fields: WEB },
    { category: 'webserver', fields: WEB },
  ],
  conn: [
    {
      category: 'firewall',
      fields: { src_ip: 'id.orig_h', dst_ip: 'id.resp_h', dst_port: 'id.resp_p', src_port: 'id.orig_p' },
    },
  ],
};

const COMMON: readonly Role[] = roles({
  'src_endpoint.ip': ['id.orig_h', 'src', 'client_addr'],
  'src_endpoint.port': 'id.orig_p',
  'dst_endpoint.ip': ['id.resp_h', 'dst'],
  'dst_endpoint.port': ['id.resp_p', 'p'],
  'device.hostname': ['_system_name', '@system', 'peer'],
});

const OWN: Readonly<Record<string, readonly Role[]>> = {
  conn: roles({ 'traffic.bytes_out': 'orig_bytes', 'traffic.bytes_in': 'resp_bytes', 'auth.protocol': 'service' }),
  dns: roles({ 'dns.query': 'query' }),
  http: roles({
    'dst_endpoint.hostname': 'host',
    url: 'uri',
    'user.name': 'username',
    tool: 'user_agent',
    'traffic.bytes_out': 'request_body_len',
    'traffic.bytes_in': 'response_body_len',
  }),
  ssl: roles({ 'dst_endpoint.hostname': 'server_name' }),
  x509: roles({ 'certificate.serial': 'certificate.serial' }),
  files: roles({ 'file.hashes': ['sha256', 'sha1', 'md5'], 'file.path': 'filename' }),
  smb_files: roles({ 'file.path': 'name', share: 'path' }),
  smb_mapping: roles({ share: 'path' }),
  kerberos: roles({ 'user.name': 'client', 'service.name': 'service' }),
  ntlm: roles({ 'user.name': 'username', 'user.domain': 'domainname', 'src_endpoint.hostname': 'hostname' }),
  radius: roles({ 'user.name': 'username', 'src_endpoint.assigned_ip': 'framed_addr' }),
  rdp: roles({ 'user.name': 'cookie', 'src_endpoint.hostname': 'client_name' }),
  ssh: roles({ tool: 'client' }),
  ftp: roles({ 'user.name': 'user', 'file.path': 'arg' }),
  socks: roles({ 'user.name': 'user' }),
  smtp: roles({ email: 'mailfrom' }),
  snmp: roles({ 'user.name': 'community' }),
};

/** Zeek writes T and F, and its JSON true and false. */
function flag(field: string): (event: EventAccess) => Outcome {
  return (event) => {
    const value = event.get(field);
    return value === true ? 'success' : value === false ? 'failure' : 'unknown';
  };
}

const OUTCOMES: Readonly<Record<string, (event: EventAccess) => Outcome>> = {
  ssh: flag('auth_success'),
  kerberos: flag('success'),
  ntlm: flag('success'),
  radius: (event) =>
    event.get('result') === 'success' ? 'success' : event.get('result') === 'failed' ? 'failure' : 'unknown',
};

function draft(stream: string): ClassDraft {
  const path = stream === '*' ? 'unknown' : stream;
  const outcome = Object.hasOwn(OUTCOMES, path) ? OUTCOMES[path] : undefined;
  const class_uid = Object.hasOwn(CLASSES, path) ? CLASSES[path] : 4001;
  return {
    offers: [{ product: 'zeek', service: path }, ...(Object.hasOwn(EXTRA, path) ? EXTRA[path] : [])],
    class_uid,
    activity: class_uid === 3002 || path === 'ssh' ? 'Logon' : 'Traffic',
    roles: [...(Object.hasOwn(OWN, path) ? OWN[path] : []), ...COMMON],
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** The classes of Zeek's streams, by `#path` or `_path`. */
export const zeekClasses = new ClassTable('zeek', draft);

/** Sigma's older Zeek rules use the names of web logs. */
export const ZEEK_ALIASES: Readonly<Record<string, string>> = {
  'c-uri': 'uri',
  'c-useragent': 'user_agent',
  'cs-method': 'method',
  'cs-host': 'host',
  'sc-status': 'status_code',
};
