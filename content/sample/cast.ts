/** The clinic of the sample case: its computers, its people, its provider. Everything is invented; addresses are reserved for documentation. */
export const DOMAIN = 'CLINIC';
export const DNS_DOMAIN = 'clinic.example';
const DOMAIN_SID = 'S-1-5-21-2938471123-1187463029-774120938';

export interface Computer {
  readonly name: string;
  readonly ip: string;
}

export interface Account {
  readonly name: string;
  readonly sid: string;
}

export const computers = {
  dc: { name: 'DC01', ip: '10.20.1.10' },
  files: { name: 'FS01', ip: '10.20.1.20' },
  pictures: { name: 'PACS01', ip: '10.20.1.30' },
  reception: { name: 'WS-RECEPTION', ip: '10.20.10.21' },
  surgery: { name: 'WS-SURGERY', ip: '10.20.10.22' },
  billing: { name: 'WS-BILLING', ip: '10.20.10.23' },
} satisfies Record<string, Computer>;

const account = (name: string, rid: number): Account => ({ name, sid: `${DOMAIN_SID}-${rid}` });

export const staff: readonly { readonly account: Account; readonly at: Computer }[] = [
  { account: account('m.keller', 1110), at: computers.reception },
  { account: account('dr.weiss', 1111), at: computers.surgery },
  { account: account('p.lang', 1112), at: computers.billing },
];

export const anna = account('ng-anna', 1201);
export const tom = account('ng-tom', 1202);
export const agent = account('svc-rmm', 1203);
/** the account that the intruder makes */
export const backdoor = account('healthmon', 1301);
export const system: Account = { name: 'SYSTEM', sid: 'S-1-5-18' };

/** Tenants of Entra ID: the clinic's own, and the provider's from which it administers by delegation. */
export const clinicTenant = '7c1f6a52-3b0e-4c8d-9f27-5d2f4a8e1b60';
export const providerTenant = 'b2d94e17-6a3c-4f51-8e0d-91c7a6f3d204';

export interface Person {
  readonly upn: string;
  readonly id: string;
  readonly tenant: string;
}

export const annaInCloud: Person = {
  upn: 'anna.berg@northgate.example',
  id: '3f0c2d81-77aa-4b19-a6c5-0e21f9d4b731',
  tenant: providerTenant,
};
export const doctorInCloud: Person = {
  upn: 'dr.weiss@clinic.example',
  id: '9b6e4a10-52dc-47f8-8c3e-6a17d0b2e944',
  tenant: clinicTenant,
};
/** where administrators sign in */
export const portal = { id: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', name: 'Azure Portal' };
/** the application by which the clinic's mail and files are saved elsewhere */
export const backupApp = { id: 'e5a81c36-0f42-4d97-b1aa-48c70d6e2f15', name: 'Backup Connector' };

/** The clinic's own address on the internet. */
export const clinicOutside = '192.0.2.10';

/** Where the provider works, and where the intruder sits. */
export const providerOffice = '198.51.100.4';
export const intruder = '203.0.113.77';
export const dropZone = '203.0.113.200';
export const domainSid = DOMAIN_SID;

export const fqdn = (computer: Computer) => `${computer.name}.${DNS_DOMAIN}`;
