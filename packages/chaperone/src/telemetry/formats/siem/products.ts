import type { Offer } from '@chaperone/sigma';

/** Sigma's names for products that send CEF or LEEF, by what they call themselves. */
const KNOWN: readonly (readonly [RegExp, Offer])[] = [
  [/^fortinet/i, { product: 'fortigate', service: 'event' }],
  [/^palo alto/i, { product: 'paloalto', service: 'system' }],
  [/^cisco asa|^cisco.*firepower/i, { product: 'cisco', service: 'asa' }],
  [/^check ?point/i, { product: 'checkpoint', service: 'firewall' }],
  [/^zeek|^bro\b/i, { product: 'zeek' }],
  [/^microsoft microsoft windows|^microsoft windows/i, { product: 'windows' }],
];

/** The log source of a vendor's product: Sigma's name where there is one, else the product's own in lower case. */
export function productOffers(vendor: string, product: string): readonly Offer[] {
  const whole = `${vendor} ${product}`;
  for (const [form, offer] of KNOWN) if (form.test(whole)) return [offer];
  const name = (text: string) => text.trim().toLowerCase().replaceAll(' ', '_');
  return [{ product: name(vendor), service: name(product) }];
}

/** Whether an event's id or name speaks of someone signing in or out. */
export function isLogon(id: string): boolean {
  return /log(?:on|in|out|off)\b|authenticat|sign-?in/i.test(id);
}
