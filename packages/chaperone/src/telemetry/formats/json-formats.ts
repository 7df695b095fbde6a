import type { Format } from '../format.ts';
import { azureActivity } from './azure/azure-activity.ts';
import { entraAudit } from './azure/entra-audit.ts';
import { entraRisk } from './azure/entra-risk.ts';
import { entraSignin } from './azure/entra-signin.ts';
import { cloudtrail } from './cloud/cloudtrail.ts';
import { gcpAudit } from './google/gcp-audit.ts';
import { googleWorkspace } from './google/google-workspace.ts';
import { auth0 } from './identity/auth0.ts';
import { duo } from './identity/duo.ts';
import { github } from './identity/github.ts';
import { okta } from './identity/okta.ts';
import { onelogin } from './identity/onelogin.ts';
import { zendesk } from './identity/zendesk.ts';
import { m365 } from './m365/m365.ts';
import { suricata } from './network/suricata.ts';
import { zeekJson } from './zeek/zeek-json.ts';

/** The formats whose records are JSON objects of their own, as also found inside other envelopes. */
export const jsonFormats: readonly Format[] = [
  suricata,
  zeekJson,
  cloudtrail,
  entraSignin,
  entraAudit,
  entraRisk,
  m365,
  azureActivity,
  okta,
  googleWorkspace,
  gcpAudit,
  github,
  duo,
  auth0,
  onelogin,
  zendesk,
];
