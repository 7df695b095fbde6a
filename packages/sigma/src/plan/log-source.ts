import type { LogSource } from '../ast.ts';
import type { Offer } from '../view.ts';

/**
 * Whether a rule for this log source applies to events under this offer: everything that the rule states has to be
 * offered, and equal without case. What the rule leaves out may be anything.
 */
export function applies(source: LogSource, offer: Offer): boolean {
  return (
    agrees(source.product, offer.product) &&
    agrees(source.category, offer.category) &&
    agrees(source.service, offer.service)
  );
}

function agrees(stated: string | undefined, offered: string | undefined): boolean {
  return stated === undefined || (offered !== undefined && stated.toLowerCase() === offered.toLowerCase());
}

/** Equal for log sources that the same offers fit. */
export function sourceKey(source: LogSource): string {
  return JSON.stringify([source.product?.toLowerCase(), source.category?.toLowerCase(), source.service?.toLowerCase()]);
}

/** Equal for lists of offers that give equal views. */
export function offersKey(offers: readonly Offer[]): string {
  return JSON.stringify(
    offers.map((offer) => [sourceKey(offer), Object.entries(offer.fields ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
}
