import type { Exception } from '../../api/model.ts';

/** What other detectors than rules find, in the words of a page that doesn't name rules. */
const found: Readonly<Record<string, string>> = {
  'chaperone/source-silent': 'that a source fell silent',
  'chaperone/source-reduced': 'that a source sends less than half of what is usual',
  'chaperone/source-drifting': 'that the clock of a source is off',
};

/**
 * `findings of rule X, by account Y, on host Z`; everything where no condition stands.
 *
 * @param names of sources by their ids, and of providers by their short names
 */
export function whatIsHeldBack(
  { detector, rule_id, provider, account, host, src_ip, source_id }: Exception,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const parts = [
    rule_id !== null ? (found[rule_id] ?? `of rule ${rule_id}`) : detector !== null ? `by ${detector}` : '',
    provider === null ? '' : `about provider ${names.get(provider) ?? provider}`,
    account === null ? '' : `by account ${account}`,
    host === null ? '' : `on host ${host}`,
    src_ip === null ? '' : `from ${src_ip}`,
    source_id === null ? '' : `of source ${names.get(source_id) ?? source_id}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all findings' : `findings ${parts.join(', ')}`;
}
