import type { Offer } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseEnvelope } from '../../formats/index.ts';
import { windowsClass } from '../classes.ts';
import { FlatEvent } from './flat-event.ts';
import type { Json } from './json-object.ts';
import { isSnare, snareEvent } from './snare.ts';
import { flatTime, idOf } from './windows-flat.ts';

/** Sigma's own words for sources, by which such an event is told from any other JSON with a field `product`. */
const PRODUCTS = new Set(
  'windows linux macos aws azure gcp m365 okta github cisco fortios paloalto juniper huawei zeek suricata django jvm nodejs python ruby_on_rails rpc_firewall spring sql velocity qualys opencanary onelogin modsecurity kubernetes bitbucket'.split(
    ' ',
  ),
);
const CATEGORIES = new Set(
  'process_creation process_termination file_event file_access file_change file_delete file_rename registry_set registry_add registry_delete registry_event image_load driver_load network_connection dns_query dns pipe_created create_remote_thread create_stream_hash process_access process_tampering raw_access_thread wmi_event ps_script ps_module ps_classic_start ps_classic_provider_start antivirus authentication database firewall proxy webserver application'.split(
    ' ',
  ),
);

/** Sysmon's event for each category, whose meaning of the fields the event shares. */
const SYSMON_ID: Readonly<Record<string, number>> = {
  process_creation: 1,
  file_change: 2,
  network_connection: 3,
  process_termination: 5,
  driver_load: 6,
  image_load: 7,
  create_remote_thread: 8,
  process_access: 10,
  file_event: 11,
  registry_event: 13,
  registry_set: 13,
  create_stream_hash: 15,
  pipe_created: 17,
  dns_query: 22,
  file_delete: 23,
};

/**
 * Flat JSON that says itself, in Sigma's words, what log source it is of (`product`, `category`, `service`), with Sigma's
 * field names: what test benches and converters write. A Snare message inside is read as such.
 */
export const sigmaEvent: Format = {
  name: 'sigma-event',
  title: 'JSON that states its Sigma log source (product, category, service)',
  framing: 'json',
  recognise(_text, json) {
    if (json === undefined) return 0;
    const { product, category, service } = json;
    if (typeof category === 'string' && CATEGORIES.has(category)) return product === undefined ? 0.75 : 0.93;
    if (typeof product !== 'string' || !PRODUCTS.has(product)) return 0;
    return typeof service === 'string' || typeof json.message === 'string' ? 0.8 : 0.5;
  },
  decode(raw: string, json: Json | undefined, place: Place, context: DecodeContext): LogEvent | Unread | undefined {
    if (json === undefined) return undefined;
    const { message } = json;
    if (json.product === undefined && json.category === undefined && json.service === undefined) return undefined;
    if (typeof message === 'string' && isSnare(message)) return snareEvent(message, place, context);
    const time = flatTime(json, context) ?? (typeof message === 'string' ? syslogTime(message, context) : undefined);
    return new FlatEvent(statedClass(json), time, place, json, raw);
  },
};

/** The stamp of a syslog line that was wrapped whole. */
function syslogTime(message: string, context: DecodeContext): number | undefined {
  return message.startsWith('<') ? parseEnvelope(message, context).time : undefined;
}

const MAX_CLASSES = 2048;
const classes = new Map<string, EventClass>();

/** Events of one file mostly state one source: the last answer, for comparing four values instead of joining them. */
let last: { product: unknown; category: unknown; service: unknown; id: unknown; kind: EventClass } | undefined;

function statedClass(json: Json): EventClass {
  const { product, category, service, EventID: id } = json;
  if (
    last === undefined ||
    last.product !== product ||
    last.category !== category ||
    last.service !== service ||
    last.id !== id
  ) {
    last = { product, category, service, id, kind: classFor(json) };
  }
  return last.kind;
}

function classFor(json: Json): EventClass {
  const product = word(json.product);
  const category = word(json.category);
  const service = word(json.service);
  const id = product === 'windows' ? (idOf(json) ?? '') : '';
  const key = `sigma/${product}/${category}/${service}/${id}`;
  const known = classes.get(key);
  if (known !== undefined) return known;
  const offer: Offer = {
    ...(product === '' ? {} : { product }),
    ...(category === '' ? {} : { category }),
    ...(service === '' ? {} : { service }),
  };
  const sysmon = Object.hasOwn(SYSMON_ID, category) ? SYSMON_ID[category] : undefined;
  const like =
    sysmon !== undefined
      ? windowsClass('Microsoft-Windows-Sysmon', 'Microsoft-Windows-Sysmon/Operational', sysmon)
      : windowsClass('', product === 'windows' && service === 'security' ? 'Security' : '', id);
  const made: EventClass = {
    key,
    format: 'sigma-event',
    offers: [offer],
    class_uid: like.class_uid,
    activity: like.activity,
    roles: like.roles,
    ...(like.outcome === undefined ? {} : { outcome: like.outcome }),
  };
  if (classes.size < MAX_CLASSES) classes.set(key, made);
  return made;
}

function word(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64).toLowerCase() : '';
}
