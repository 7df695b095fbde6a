import type { Format } from '../format.ts';
import { auditd } from './auditd/auditd.ts';
import { fortigate } from './firewall/fortigate.ts';
import { paloalto } from './firewall/paloalto.ts';
import { jsonFormats } from './json-formats.ts';
import { m365Csv } from './m365/m365-csv.ts';
import { vpcFlow } from './network/vpc-flow.ts';
import { npsLines, npsXml } from './radius/nps.ts';
import { cef } from './siem/cef.ts';
import { leef } from './siem/leef.ts';
import { syslog, wrappedSyslog } from './syslog/index.ts';
import { openvpn } from './vpn/openvpn.ts';
import { accessLog } from './web/access-log.ts';
import { squid } from './web/squid.ts';
import { w3c } from './web/w3c.ts';
import { zeekTsv } from './zeek/zeek-tsv.ts';

export { csvFormat } from './csv/csv-format.ts';
export { type CsvMapping, csvMappingSchema } from './csv/csv-mapping.ts';
export { loadCsvMapping, type MappingProblem } from './csv/load-csv-mapping.ts';
export { type Envelope, parseEnvelope } from './syslog/index.ts';

/** Every format but Windows', in no order that matters: the one that is surest of a file's first records reads it. */
export const formats: readonly Format[] = [
  syslog,
  wrappedSyslog,
  auditd,
  fortigate,
  paloalto,
  openvpn,
  cef,
  leef,
  npsLines,
  npsXml,
  zeekTsv,
  m365Csv,
  vpcFlow,
  w3c,
  accessLog,
  squid,
  ...jsonFormats,
];
