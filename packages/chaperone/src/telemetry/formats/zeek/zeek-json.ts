import { fromEpoch, parseIso } from '../../time/index.ts';
import { type Json, type JsonAccess, JsonEvent } from '../event/json-event.ts';
import { jsonFormat } from '../event/json-format.ts';
import { ZEEK_ALIASES, zeekClasses } from './streams.ts';

const ACCESS: JsonAccess = {
  underscores: true,
  aliases: new Map(Object.entries(ZEEK_ALIASES).map(([alias, name]) => [alias, [name]])),
};

/** Streams by a field that only they have, for files that don't say; the first that is there decides. */
const TELLING: readonly (readonly [string, string])[] = [
  ['conn_state', 'conn'],
  ['qtype_name', 'dns'],
  ['trans_id', 'dns'],
  ['status_code', 'http'],
  ['trans_depth', 'http'],
  ['cert_chain_fuids', 'ssl'],
  ['cert_chain_fps', 'ssl'],
  ['named_pipe', 'dce_rpc'],
  ['endpoint', 'dce_rpc'],
  ['request_type', 'kerberos'],
  ['domainname', 'ntlm'],
  ['server_nb_computer_name', 'ntlm'],
  ['auth_attempts', 'ssh'],
  ['security_protocol', 'rdp'],
  ['share_type', 'smb_mapping'],
  ['certificate.serial', 'x509'],
  ['certificate_serial', 'x509'],
  ['note', 'notice'],
  ['seen_bytes', 'files'],
  ['failure_reason', 'dpd'],
  ['compile_ts', 'pe'],
  ['helo', 'smtp'],
  ['lease_time', 'dhcp'],
  ['tunnel_type', 'tunnel'],
];

/** Zeek as JSON lines: one stream a file or all in one (`_path`, Corelight and others; `@stream`, OTRF). */
export const zeekJson = jsonFormat({
  name: 'zeek-json',
  title: 'Zeek logs as JSON lines',
  recognise(json) {
    if (json.ts === undefined) return 0;
    if (typeof json._path === 'string') return 0.95;
    if (typeof json['@stream'] === 'string' && json['@proc'] === 'zeek') return 1;
    const ends = json['id.orig_h'] ?? json.id_orig_h;
    if (typeof json.uid === 'string' && ends !== undefined) return 0.9;
    return streamOf(json) !== undefined && (json.uid ?? json.fuid ?? json.id) !== undefined ? 0.6 : 0;
  },
  decode(json, text, place) {
    const { ts } = json;
    const time =
      typeof ts === 'number' ? fromEpoch(ts) : typeof ts === 'string' ? (parseIso(ts) ?? fromEpoch(ts)) : undefined;
    return new JsonEvent(zeekClasses.of(streamOf(json) ?? 'unknown'), time, place, text, json, ACCESS);
  },
});

function streamOf(json: Json): string | undefined {
  const stated = json._path ?? json['@stream'];
  if (typeof stated === 'string' && stated !== '') return stated;
  for (const [field, stream] of TELLING) if (json[field] !== undefined) return stream;
  return undefined;
}
