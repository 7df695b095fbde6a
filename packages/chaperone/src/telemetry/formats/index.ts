import type { Format } from '../format.ts';
import { entraAudit } from './azure/entra-audit.ts';
import { entraRisk } from './azure/entra-risk.ts';
import { entraSignin } from './azure/entra-signin.ts';
import { cloudtrail } from './cloud/cloudtrail.ts';
import { syslog } from './syslog/index.ts';
import { zeekJson } from './zeek/zeek-json.ts';
import { zeekTsv } from './zeek/zeek-tsv.ts';

export { type Envelope, parseEnvelope } from './syslog/index.ts';

/** Every format but Windows', in no order that matters: the one that is surest of a file's first records reads it. */
export const formats: readonly Format[] = [syslog, zeekTsv, zeekJson, cloudtrail, entraSignin, entraAudit, entraRisk];
