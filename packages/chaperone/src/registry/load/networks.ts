import { parseRange, suggestRange } from '../ip.ts';
import type { NamedRange } from '../registry.ts';
import type { Path, RegistrySource } from './source.ts';

type NetworkDocument = string | { readonly name: string; readonly cidr: string };

/** Blocks of a list; each that isn't one is reported and left out. `undefined` entries keep the numbering. */
export function readNetworks(
  source: RegistrySource,
  path: Path,
  networks: readonly NetworkDocument[] | undefined,
): (NamedRange | undefined)[] {
  return (networks ?? []).map((network, at) => {
    const text = typeof network === 'string' ? network : network.cidr;
    const here = typeof network === 'string' ? [...path, at] : [...path, at, 'cidr'];
    const range = parseRange(text.trim());
    if (range === undefined) {
      const meant = suggestRange(text);
      source.report(here, {
        code: 'REGISTRY_NETWORK',
        message: `"${text}" is no address or block.`,
        mend:
          meant === undefined
            ? 'Write `198.51.100.0/24`, `2001:db8::/32` or one address.'
            : `Did you mean \`${meant}\`? The bits after the prefix must be zero.`,
        setAside: [...path, at],
      });
      return undefined;
    }
    return { name: typeof network === 'string' ? undefined : network.name, text: text.trim(), range };
  });
}

/** Whether `outer` holds all of `inner`. */
export function covers(outer: NamedRange, inner: NamedRange): boolean {
  const [a, b] = [outer.range, inner.range];
  return a.version === b.version && a.from <= b.from && a.to >= b.to;
}
