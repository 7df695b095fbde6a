import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { formatIp, type IpRange, parseIp, parseRange, suggestRange } from '../../src/registry/ip.ts';
import { IpSet } from '../../src/registry/ip-set.ts';

const v4 = fc.ipV4();
// ipaddr.js takes the deprecated `::1.2.3.4` (RFC 4291, 2.5.5.1) for a mapped address; it is one of v6.
const v6 = fc.ipV6().filter((ip) => !/^::\d+\.\d/.test(ip));
const address = fc.oneof(
  v4,
  v6,
  v4.map((ip) => `::ffff:${ip}`),
  v6.map((ip) => `[${ip}]`),
);

/** The oracle's address as our number. */
function oracle(text: string): { version: 4 | 6; value: bigint } {
  const parsed = ipaddr.process(text.replace(/[[\]]/g, ''));
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { version: parsed.kind() === 'ipv4' ? 4 : 6, value };
}

describe('parseIp', () => {
  it('agrees with ipaddr.js', () => {
    fc.assert(
      fc.property(address, (text) => {
        const ip = parseIp(text)!;
        expect({ version: ip.version, value: BigInt(ip.value) }).toEqual(oracle(text));
        expect(parseIp(formatIp(ip))).toEqual(ip);
      }),
    );
  });

  it('refuses what is no address', () => {
    for (const text of [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '01.2.3.4',
      '1.2.3.-4',
      ':::',
      '1::2::3',
      'g::1',
      '1:2:3:4:5:6:7',
      '[1.2.3.4]',
      'x'.repeat(1e6),
      '1.2.3.4 ',
      '٣.1.1.1',
    ])
      expect(parseIp(text), text.slice(0, 20)).toBeUndefined();
    expect(parseIp('fe80::1%eth0')).toEqual(parseIp('fe80::1'));
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (text) => void parseIp(text) === void parseRange(text)));
  });

  it('mends a block with stray bits', () => {
    expect(parseRange('10.0.0.5/24')).toBeUndefined();
    expect(suggestRange('10.0.0.5/24')).toBe('10.0.0.0/24');
    expect(suggestRange('2001:db8::5/32')).toBe('2001:db8::/32');
    expect(parseRange('::ffff:10.0.0.0/104')).toEqual(parseRange('10.0.0.0/8'));
    expect(parseRange('0.0.0.0/0')).toEqual({ version: 4, from: 0, to: 2 ** 32 - 1 });
    expect(parseRange('::/0')).toMatchObject({ version: 6, from: 0n });
  });
});

describe('IpSet', () => {
  // Few bits, so that blocks nest and touch often.
  const block4 = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 24, max: 32 }))
    .map(([host, prefix]) => `10.0.0.${host - (host % 2 ** (32 - prefix))}/${prefix}`);
  const block6 = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 120, max: 128 }))
    .map(([host, prefix]) => `2001:db8::${(host - (host % 2 ** (128 - prefix))).toString(16)}/${prefix}`);
  const blocks = fc.array(fc.oneof(block4, block6), { maxLength: 40 });

  it('finds the smallest block that holds an address, as a walk over all of them does', () => {
    fc.assert(
      fc.property(blocks, (texts) => {
        const set = new IpSet(texts.map((text) => ({ range: parseRange(text)!, value: text })));
        for (let host = 0; host < 256; host++) {
          for (const probe of [`10.0.0.${host}`, `2001:db8::${host.toString(16)}`, `::ffff:10.0.0.${host}`]) {
            const parsed = ipaddr.process(probe);
            const holding = texts.filter((text) => {
              const [range, prefix] = ipaddr.parseCIDR(text);
              return range.kind() === parsed.kind() && parsed.match([range, prefix] as never);
            });
            const smallest = holding.sort((a, b) => Number(b.split('/')[1]) - Number(a.split('/')[1]))[0];
            const found = set.find(probe);
            expect(found === undefined ? undefined : found.split('/')[1], probe).toBe(smallest?.split('/')[1]);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('knows the ends of the whole space', () => {
    const set = new IpSet([{ range: parseRange('0.0.0.0/0') as IpRange, value: 'all' }]);
    expect([set.find('0.0.0.0'), set.find('255.255.255.255'), set.find('::')]).toEqual(['all', 'all', undefined]);
  });
});
