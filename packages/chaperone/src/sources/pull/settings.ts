import { z } from 'zod';

const secret = z.string().min(1).max(20_000).describe('sealed by the vault');
const inside = {
  allow_private: z.boolean().optional().describe('the server stands inside: private addresses may be asked'),
  allow_http: z.boolean().optional().describe('plain http'),
};
const guid = z.guid();

const cloudtrail = z.strictObject({
  service: z.literal('cloudtrail'),
  bucket: z
    .string()
    .min(3)
    .max(63)
    .regex(/^[a-z0-9.-]+$/),
  region: z
    .string()
    .regex(/^[a-z0-9-]{2,30}$/)
    .describe('of the bucket'),
  prefix: z.string().max(500).optional().describe('before AWSLogs/, and the organisation behind it: `logs/`'),
  organization: z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/)
    .optional()
    .describe('of an organisation trail'),
  accounts: z
    .array(z.string().regex(/^\d{12}$/))
    .min(1)
    .max(500),
  regions: z
    .array(z.string().regex(/^[a-z0-9-]{2,30}$/))
    .min(1)
    .max(50)
    .describe('whose logs are read'),
  access_key_id: z.string().min(1).max(200),
  secret_access_key: secret,
  endpoint: z.url().optional().describe('of another S3-compatible storage'),
  since: z.iso.datetime().optional(),
  ...inside,
});

const microsoft = {
  tenant: guid,
  client_id: guid,
  client_secret: secret,
  login: z.url().default('https://login.microsoftonline.com'),
  since: z.iso.datetime().optional(),
  ...inside,
};

const microsoft365 = z.strictObject({
  service: z.literal('microsoft-365'),
  ...microsoft,
  api: z.url().default('https://manage.office.com'),
  content: z
    .array(z.enum(['Audit.AzureActiveDirectory', 'Audit.Exchange', 'Audit.SharePoint', 'Audit.General', 'DLP.All']))
    .min(1)
    .default(['Audit.AzureActiveDirectory', 'Audit.Exchange', 'Audit.SharePoint', 'Audit.General']),
});

const entra = z.strictObject({
  service: z.literal('entra'),
  ...microsoft,
  api: z.url().default('https://graph.microsoft.com'),
  logs: z
    .array(z.enum(['signIns', 'directoryAudits']))
    .min(1)
    .default(['signIns', 'directoryAudits']),
});

const okta = z.strictObject({
  service: z.literal('okta'),
  domain: z.url().describe('https://example.okta.com'),
  token: secret,
  since: z.iso.datetime().optional(),
  ...inside,
});

/** `settings` of a source of kind `pull`. Fields that hold secrets are sealed before they are stored. */
export const pullSettingsSchema = z.discriminatedUnion('service', [cloudtrail, microsoft365, entra, okta]);
export type PullSettings = z.infer<typeof pullSettingsSchema>;
export type SettingsOf<Service extends PullSettings['service']> = Extract<PullSettings, { service: Service }>;

/** The fields of pull settings whose values are secrets. */
export const PULL_SECRETS = ['secret_access_key', 'client_secret', 'token'] as const;
