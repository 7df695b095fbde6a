import { z } from 'zod';

/**
 * The shape of chaperone.yaml. This one source makes the check at load, the published JSON Schema
 * (`packages/chaperone/schema/registry.schema.json`) and the reference in `docs/registry.md`; the descriptions are the reference's text.
 */

/** Bounds that no real organisation comes near, so that a hostile file can't take the memory. */
export const LIMITS = { items: 20_000, text: 1_000, bytes: 4_000_000 } as const;

const text = (about: string) => z.string().min(1).max(LIMITS.text).describe(about);
const list = <T extends z.ZodType>(item: T, about: string) =>
  z.array(item).max(LIMITS.items).optional().describe(about);
const date = (about: string) => z.string().min(1).max(40).describe(about);
const slug = (about: string) =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .describe(about);

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export const PROVIDER_KINDS = ['msp', 'mssp', 'csp', 'vendor', 'subcontractor'] as const;
export const ACCOUNT_KINDS = ['person', 'service', 'app', 'guest', 'machine', 'local', 'break-glass'] as const;
export const LINK_KINDS = [
  'site_vpn',
  'remote_vpn',
  'rdp',
  'ssh',
  'winrm',
  'rmm',
  'delegated_admin',
  'cross_tenant',
  'cloud_role',
  'circuit',
] as const;

const network = z.union([
  text('An address or block, e.g. `198.51.100.0/24`.'),
  z.strictObject({
    name: text('A name to refer to it by.'),
    cidr: text('An address or block, e.g. `198.51.100.0/24`.'),
  }),
]);

const period = {
  from: date('First day, e.g. `2026-01-01`, in the organisation’s zone.').optional(),
  to: date('Last day, included.').optional(),
};

const calendar = z.strictObject({
  working_days: z
    .union([text('e.g. `mon-fri`'), z.array(text('e.g. `mon`')).max(7)])
    .optional()
    .describe('Days of work; `mon-fri` by default.'),
  holidays: list(
    z.union([
      date('A day, e.g. `2026-12-25`.'),
      z.strictObject({ date: date('A day.'), name: text('What is celebrated.') }),
    ]),
    'Days that count as no working day.',
  ),
});

const domain = z.union([
  text('A NetBIOS or DNS domain name.'),
  z.strictObject({ netbios: text('e.g. `CLINIC`'), dns: text('e.g. `clinic.example`') }),
]);

const organization = z.strictObject({
  name: text('The organisation’s name.'),
  slug: slug('Short name for findings and files: lower case, digits and hyphens.').optional(),
  zone: text('IANA time zone in which hours and dates here are meant, e.g. `Europe/Berlin`.'),
  domains: list(domain, 'Your Windows domains: NetBIOS and DNS names; `CLINIC` and `clinic.example` are taken as one.'),
  networks: list(network, 'Your own networks.'),
  calendar: calendar.optional().describe('Working days and holidays that terms refer to.'),
});

const person = z.strictObject({
  name: text('The person’s name.'),
  mail: text('Work address.').optional(),
  accounts: list(
    text('An account of this provider.'),
    'Accounts this person holds; the same as `person` on the account.',
  ),
  employed: z.strictObject(period).optional().describe('From when to when they work for the provider.'),
});

const account = z
  .strictObject({
    name: text(
      'As Windows or the device shows it: `CLINIC\\svc-rmm`, or `svc-rmm` where it is local or the domain is yours.',
    ).optional(),
    sid: text('Windows SID, e.g. `S-1-5-21-...-1105`.').optional(),
    upn: text('Sign-in name, e.g. `svc-rmm@clinic.example`.').optional(),
    app: text('Application or service principal id (Entra, Okta).').optional(),
    role: text('Cloud role, e.g. `arn:aws:iam::111122223333:role/NorthgateSupport`.').optional(),
    pattern: text('Names with `*` and `?`, e.g. `CLINIC\\ng-*`, for accounts made by a rule.').optional(),
    kind: z.enum(ACCOUNT_KINDS).optional().describe('What sort of account it is.'),
    person: text('Who holds it: a name under `people`.').optional(),
    purpose: text('What it is for.').optional(),
    expires: date('Last day on which it may be used.').optional(),
  })
  .describe('One account: at least one of `name`, `sid`, `upn`, `app`, `role`, `pattern`.');

const tool = z.strictObject({
  name: text('The remote-management tool, as LOLRMM names it, e.g. `ScreenConnect`.'),
  instance: text(
    'The provider’s own instance: a domain, tenant or customer id that its agents name, e.g. `northgate.screenconnect.com`.',
  ).optional(),
  relay: text('Relay host that agents connect to, where it differs from the instance.').optional(),
  paths: list(text('A file path; `*` and `?` allowed.'), 'Where its programs lie, where that is not the usual place.'),
  services: list(
    text('A Windows service name; `*` and `?` allowed.'),
    'Its service names, where they are not the usual ones.',
  ),
});

const hours = z.union([
  text('e.g. `08:00-18:00`; `22:00-06:00` runs over midnight'),
  z.array(text('e.g. `08:00-12:00`')).min(1).max(24),
]);

const when = z.strictObject({
  days: z
    .union([
      text('e.g. `mon-fri`, or `working` for the calendar’s working days'),
      z.array(text('e.g. `mon`')).min(1).max(7),
    ])
    .optional()
    .describe('Weekdays; every day by default.'),
  hours: hours
    .optional()
    .describe(
      'Spans of the day; the whole day by default. A span over midnight belongs to the day on which it begins.',
    ),
  zone: text('IANA zone of these hours, where it is not the organisation’s.').optional(),
  holidays: z.boolean().optional().describe('Whether holidays of the calendar count as usual days; false by default.'),
  exceptions: list(
    z.strictObject({
      date: date('The day, or the first of several.'),
      to: date('The last of several days.').optional(),
      hours: z
        .union([hours, z.literal('closed'), z.literal('all day')])
        .describe('Hours on these days: spans, `closed` or `all day`.'),
      reason: text('Why.').optional(),
    }),
    'Days that differ, e.g. an agreed maintenance night.',
  ),
});

const provided = z.strictObject({
  vpn: z.boolean().optional().describe('A VPN session of the same person must be open.'),
  ticket: z
    .union([z.boolean(), text('Pattern of ticket numbers with `*` and `?`, e.g. `NG-*`.')])
    .optional()
    .describe('A ticket must cover the time.'),
  mfa: z.boolean().optional().describe('A second factor must have been used.'),
});

const term = z.strictObject({
  id: slug('Name of the term, shown in findings.'),
  about: text('What it allows, in a sentence.').optional(),
  who: list(
    text('An account, a person, `kind:service`, or `all`.'),
    'Whose use it allows; all of the provider’s accounts by default.',
  ),
  from: list(
    text('A block, a named network, a host, a link, or `provider` for all networks and hosts of the provider.'),
    'Where it may come from.',
  ),
  to: list(text('A system or one of its hosts.'), 'What may be reached.'),
  with: list(text('A tool of the provider.'), 'The remote-management tools that may be used.'),
  when: when.optional().describe('When.'),
  provided: provided.optional().describe('What must be there too.'),
  until: date('Last day of the term.').optional(),
  level: z.enum(LEVELS).optional().describe('Level of a finding when the term is broken; `medium` by default.'),
});

const link = z.strictObject({
  name: text('Name of the link.'),
  kind: z.enum(LINK_KINDS).describe('What sort of link it is.'),
  pool: list(text('A block.'), 'Addresses that the far end gets inside, e.g. the VPN’s pool for this provider.'),
  gateway: text('The device on which it ends; what it writes of VPN sessions is judged as the link’s edge.').optional(),
});

const provider = z.strictObject({
  name: text('The provider’s name.'),
  slug: slug('Short name; made from the name by default.').optional(),
  kind: z.enum(PROVIDER_KINDS).optional().describe('What sort of provider it is.'),
  parent: text('Slug or name of the provider it works for (a subcontractor).').optional(),
  contacts: list(
    z.strictObject({
      name: text('Whom to ask for.'),
      phone: text('Telephone.').optional(),
      mail: text('Mail.').optional(),
      out_of_band: z.boolean().optional().describe('Reaches them when their own systems are not to be trusted.'),
    }),
    'Whom to call.',
  ),
  agreement: z
    .strictObject({ ...period, document: text('Where the contract lies.').optional() })
    .optional()
    .describe('From when to when the contract holds: use of access outside it is a finding.'),
  people: list(person, 'The provider’s people who may use access.'),
  accounts: list(account, 'Accounts in your systems that the provider uses.'),
  networks: list(network, 'Networks from which the provider comes.'),
  hosts: list(
    text('A host name; `*` and `?` allowed.'),
    'The provider’s machines, as they name themselves in your logs.',
  ),
  tenants: z
    .strictObject({
      entra: list(text('A tenant id.'), 'The provider’s home tenants in Entra.'),
      aws: list(text('A 12-digit account id.'), 'The provider’s AWS accounts.'),
    })
    .optional()
    .describe('The provider’s own cloud tenants, from which it reaches into yours.'),
  links: list(link, 'Standing ways in, such as the VPN that is the provider’s own.'),
  tools: list(tool, 'Remote-management tools that were agreed.'),
  terms: list(term, 'What use is inside the agreement. Use is fine when one term allows it whole.'),
});

const system = z.strictObject({
  name: text('The system’s name.'),
  hosts: list(text('A host name; `*` and `?` allowed.'), 'Its hosts.'),
  networks: list(network, 'Its addresses.'),
  cloud: list(text('An AWS account id or an Entra tenant id.'), 'Its cloud accounts.'),
  clinical: z.boolean().optional().describe('Switching it off may harm a patient.'),
  patient_data: z.boolean().optional().describe('It holds patient data.'),
  owner: text('Who answers for it.').optional(),
});

const ticket = z.strictObject({
  id: text('The ticket’s number.'),
  provider: text('Slug or name of the provider.'),
  account: text('The account it is for; any of the provider’s by default.').optional(),
  system: text('The system it is for; any by default.').optional(),
  from: date('When work may begin: `2026-03-02T08:00` in the organisation’s zone, or with an offset.'),
  to: date('When it ends.'),
});

const tickets = z.union([
  text('Path of a CSV file beside this one, with the columns `id,provider,account,system,from,to`.'),
  z.array(ticket).max(LIMITS.items),
  z.strictObject({
    file: text('Path of the CSV file.').optional(),
    list: list(ticket, 'Tickets.'),
    from: date('Since when the list is complete.').optional(),
    to: date('Until when the list is complete.').optional(),
  }),
]);

const exception = z.strictObject({
  term: text('Which term or check it holds back: `provider/term-id`, `undeclared-account`, `undeclared-tool`...'),
  account: text('Only for this account.').optional(),
  host: text('Only on this host.').optional(),
  provider: text('Only for this provider.').optional(),
  owner: text('Who answers for it.'),
  reason: text('Why.'),
  end: date('Last day.'),
});

export const registrySchema = z
  .strictObject({
    organization: organization.describe('Who you are.'),
    providers: list(provider, 'Companies with access to you.'),
    systems: list(system, 'Your systems that terms speak of.'),
    tickets: tickets.optional().describe('Work that was agreed, for terms that need a ticket.'),
    exceptions: list(exception, 'Findings that are known and accepted for a time.'),
  })
  .describe('Who may: the organisation, its providers, and what was agreed with them.');

/** chaperone.yaml as written, once its shape holds. */
export type RegistryDocument = z.infer<typeof registrySchema>;
export type ProviderDocument = NonNullable<RegistryDocument['providers']>[number];
export type AccountDocument = NonNullable<ProviderDocument['accounts']>[number];
export type TermDocument = NonNullable<ProviderDocument['terms']>[number];
export type WhenDocument = NonNullable<TermDocument['when']>;
export type ToolDocument = NonNullable<ProviderDocument['tools']>[number];
export type TicketDocument = z.infer<typeof ticket>;

/** The published JSON Schema (draft 2020-12) of chaperone.yaml. */
export function registryJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(registrySchema, { io: 'input' }),
    $id: 'urn:chaperone:registry:1',
    title: 'chaperone.yaml',
  };
}
