/** One setting of a service that Chaperone fetches from. */
export interface Setting {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** `list`: several, by commas or lines; `choices`: ticks; `secret`: written, never read back; `kept`: likewise, but no password */
  readonly as: 'text' | 'url' | 'list' | 'secret' | 'kept' | 'tick' | 'choices';
  readonly required?: boolean;
  readonly choices?: readonly (readonly [value: string, text: string, ticked: boolean])[];
}

interface Service {
  readonly title: string;
  /** what is to be done at the other side first */
  readonly first: string;
  readonly settings: readonly Setting[];
}

const secret = (name: string, label: string, hint: string): Setting => ({
  name,
  label,
  hint,
  as: 'secret',
  required: true,
});
const inside: Setting = {
  name: 'allow_private',
  label: 'The server stands in our own network',
  as: 'tick',
  hint: 'Otherwise private addresses are not asked.',
};
const since: Setting = {
  name: 'since',
  label: 'Begin at',
  as: 'text',
  hint: 'E.g. 2026-11-01T00:00:00Z. Empty: a day back, or as far as the service allows.',
};
const application: readonly Setting[] = [
  { name: 'tenant', label: 'Directory (tenant) id', as: 'text', required: true },
  { name: 'client_id', label: 'Application (client) id', as: 'text', required: true },
  secret(
    'client_secret',
    'Client secret',
    'Note when it ends: after that nothing is fetched, and the source falls silent.',
  ),
];

/** What can be fetched, by the service’s name in the API. */
export const services: Readonly<Record<string, Service>> = {
  cloudtrail: {
    title: 'AWS CloudTrail, from S3',
    first:
      'Make a key that may s3:ListBucket on the bucket and s3:GetObject on AWSLogs/*; where the logs are encrypted, kms:Decrypt too.',
    settings: [
      { name: 'bucket', label: 'Bucket', as: 'text', required: true },
      { name: 'region', label: 'Region of the bucket', as: 'text', required: true, hint: 'E.g. eu-central-1.' },
      {
        name: 'accounts',
        label: 'Accounts',
        as: 'list',
        required: true,
        hint: 'Twelve digits each; several by commas.',
      },
      {
        name: 'regions',
        label: 'Regions whose logs are read',
        as: 'list',
        required: true,
        hint: 'E.g. eu-central-1, us-east-1 (where global services write).',
      },
      { name: 'access_key_id', label: 'Access key id', as: 'kept', required: true },
      secret('secret_access_key', 'Secret access key', 'Kept encrypted and never shown again.'),
      { name: 'prefix', label: 'Prefix before AWSLogs/', as: 'text', hint: 'E.g. logs/. Empty where there is none.' },
      { name: 'organization', label: 'Organisation id', as: 'text', hint: 'Of an organisation trail only: o-…' },
      { name: 'endpoint', label: 'Other storage', as: 'url', hint: 'Address of an S3-compatible storage. Empty: AWS.' },
      since,
      inside,
    ],
  },
  'microsoft-365': {
    title: 'Microsoft 365 audit log',
    first:
      'In Entra, register an application for this organisation alone; give it the application permission ActivityFeed.Read of “Office 365 Management APIs” and let an administrator consent. Auditing must be on in Purview. The first logs may take twelve hours.',
    settings: [
      ...application,
      {
        name: 'content',
        label: 'What is fetched',
        as: 'choices',
        choices: [
          ['Audit.AzureActiveDirectory', 'sign-ins and directory', true],
          ['Audit.Exchange', 'Exchange', true],
          ['Audit.SharePoint', 'SharePoint and OneDrive', true],
          ['Audit.General', 'everything else', true],
          ['DLP.All', 'data loss prevention (needs ActivityFeed.ReadDlp)', false],
        ],
      },
      since,
    ],
  },
  entra: {
    title: 'Microsoft Entra sign-ins and audits',
    first:
      'In Entra, register an application with the application permissions AuditLog.Read.All and Directory.Read.All of Microsoft Graph, and let an administrator consent. Sign-ins need Entra ID P1.',
    settings: [
      ...application,
      {
        name: 'logs',
        label: 'What is fetched',
        as: 'choices',
        choices: [
          ['signIns', 'sign-ins of people', true],
          ['directoryAudits', 'changes of the directory', true],
        ],
      },
      since,
    ],
  },
  okta: {
    title: 'Okta System Log',
    first: 'Make an API token of a service account with the role Read-only Administrator.',
    settings: [
      { name: 'domain', label: 'Address', as: 'url', required: true, hint: 'E.g. https://example.okta.com.' },
      secret('token', 'API token', 'Kept encrypted and never shown again.'),
      since,
    ],
  },
  folder: {
    title: 'files in a folder of the server, as they grow',
    first:
      'The user that Chaperone runs as must be allowed to read the folder. It is looked through every two seconds; packed files and event logs are read too.',
    settings: [
      {
        name: 'path',
        label: 'Folder',
        as: 'text',
        required: true,
        hint: 'The full path on the server, e.g. /var/log/clinic.',
      },
      { name: 'include', label: 'Only files that fit', as: 'text', hint: 'E.g. **/*.log. Empty: all.' },
    ],
  },
};

/** Which of {@link services} a source is, or undefined where shippers send to it. */
export function serviceOf(kind: string, settings: Readonly<Record<string, unknown>>): string | undefined {
  if (kind === 'folder') return 'folder';
  return kind === 'pull' ? String(settings.service) : undefined;
}
