import { BlockList, isIP } from 'node:net';

/** Addresses that are nobody's on the internet: this machine, this house, and what standards keep for themselves. */
const INWARD = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  INWARD.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INWARD.addSubnet(network, prefix, 'ipv6');

/** Whether an address lies inside: loopback, private, link-local, reserved or multicast; also when it is wrapped in IPv6. */
export function isInward(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return true;
  return INWARD.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
