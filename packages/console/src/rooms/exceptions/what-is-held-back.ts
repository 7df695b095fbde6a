import type { Exception } from '../../api/model.ts';

/** `findings of rule X, by account Y, on host Z`; everything where no condition stands. */
export function whatIsHeldBack({ detector, rule_id, provider, account, host, src_ip }: Exception): string {
  const parts = [
    rule_id !== null ? `of rule ${rule_id}` : detector !== null ? `by ${detector}` : '',
    provider === null ? '' : `about provider ${provider}`,
    account === null ? '' : `by account ${account}`,
    host === null ? '' : `on host ${host}`,
    src_ip === null ? '' : `from ${src_ip}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'all findings' : `findings ${parts.join(', ')}`;
}
