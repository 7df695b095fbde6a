import {
  type Attribution,
  type Facts,
  IpSet,
  type Provider,
  type Registry,
  type SignKind,
} from '../../registry/index.ts';
import type { NormalPath } from '../../telemetry/index.ts';
import { AccountIndex } from './account-index.ts';
import { HostIndex } from './host-index.ts';
import { principalOf } from './principal.ts';
import { ToolIndex, type ToolMatch } from './tool-index.ts';

/** One thing in an event that points to a provider. */
interface Sign {
  readonly kind: SignKind;
  readonly provider: Provider;
  readonly confidence: Attribution['confidence'];
  readonly by: string;
  readonly link?: string | undefined;
}

interface Place {
  readonly provider: Provider;
  readonly text: string;
  readonly link: string | undefined;
}

/** Says who is behind an event. */
export interface Attributor {
  /** Worked out once for each distinct set of facts. */
  attribute(facts: Facts): Attribution;
  /**
   * Whether attribution makes anything of this value. Paths, services, domains and URLs differ from event to event: the engine keeps only those
   * that say something.
   */
  knows(path: NormalPath, value: string): boolean;
}

const RANK: Readonly<Record<Attribution['confidence'], number>> = { low: 0, medium: 1, high: 2 };
const CONFIDENCE = ['low', 'medium', 'high'] as const;

/**
 * Makes an attributor. Signs of a provider in order of certainty: its declared account; its cloud tenant; its VPN pool; its network; its host; its
 * own instance of a tool; a tool that only it has. The surest names the provider. Others that agree make it surer; others that name
 * someone else are kept as a conflict, since then the access may be shared or stolen. Without a registry, only account, host, address and
 * well-known tools are said.
 *
 * @example
 * const attributor = createAttributor(registry);
 * attributor.attribute(facts).provider; // 'northgate'
 */
export function createAttributor(registry: Registry | undefined): Attributor {
  return new RegistryAttributor(registry);
}

class RegistryAttributor implements Attributor {
  readonly #registry: Registry | undefined;
  readonly #accounts: AccountIndex | undefined;
  readonly #tools: ToolIndex;
  readonly #hostIndex: HostIndex;
  readonly #networks: IpSet<Place>;
  readonly #entra = new Map<string, Provider>();
  readonly #aws = new Map<string, Provider>();
  readonly #places = new Map<string, Place | null>();

  constructor(registry: Registry | undefined) {
    this.#registry = registry;
    this.#accounts = registry === undefined ? undefined : new AccountIndex(registry);
    this.#tools = new ToolIndex(registry);
    this.#hostIndex = new HostIndex(registry);
    const blocks: { range: Provider['networks'][number]['range']; value: Place }[] = [];
    for (const provider of registry?.providers ?? []) {
      for (const network of provider.networks)
        blocks.push({ range: network.range, value: { provider, text: network.text, link: undefined } });
      for (const link of provider.links)
        for (const pool of link.pool)
          blocks.push({ range: pool.range, value: { provider, text: pool.text, link: link.name } });
      for (const id of provider.entraTenants) this.#entra.set(id, provider);
      for (const id of provider.awsAccounts) this.#aws.set(id, provider);
    }
    this.#networks = new IpSet(blocks);
  }

  knows(path: NormalPath, value: string): boolean {
    return this.#tool(path, value) !== undefined;
  }

  attribute(facts: Facts): Attribution {
    const { values } = facts;
    const principal = principalOf(facts);
    const host = values['device.hostname'] ?? values['dst_endpoint.hostname'] ?? values['dst_endpoint.ip'];
    const srcIp = values['src_endpoint.ip'];
    const tool = this.#toolOf(facts);
    const signs: Sign[] = [];
    const match = principal.system ? undefined : this.#accounts?.find(principal, host);
    // A name that could be of two providers names neither.
    const torn = match?.rivals.some((rival) => rival.provider !== match.account.provider) === true;
    const contested = match !== undefined && match.account.contested.length > 0;
    if (match !== undefined && !torn) {
      const by = contested
        ? `${match.by}, and for ${match.account.contested.join(', ')} too: the registry contradicts itself`
        : match.by;
      signs.push({
        kind: 'account',
        provider: match.account.provider,
        confidence: contested ? 'low' : match.confidence,
        by,
      });
    }
    if (this.#registry !== undefined) {
      this.#tenants(values, signs);
      this.#place(srcIp, signs);
      this.#place(values['src_endpoint.assigned_ip'], signs);
      this.#hosts(values, signs);
      if (tool !== undefined) toolSigns(tool, signs);
    }
    const declared = match !== undefined && !torn ? match.account : undefined;
    const base = {
      ...optional('account', declared?.label ?? (principal.system ? undefined : principal.label)),
      ...optional('person', declared?.person?.name),
      ...optional('host', host),
      ...optional('src_ip', srcIp),
      ...optional('tool', tool?.name),
      ...optional('declared', declared?.index),
    };
    const notes =
      match !== undefined && torn
        ? [match.by]
        : tool !== undefined && signs.length === 0
          ? [`${tool.seen} belongs to the remote-management tool ${tool.name}`]
          : [];
    if (signs.length === 0) return { ...base, confidence: 'low', by: notes };
    return { ...base, ...this.#weigh(signs), by: [...signs.map((sign) => sign.by), ...notes] };
  }

  // The surest sign names the provider; one agreeing sign of another kind lifts the confidence by a step.
  #weigh(signs: readonly Sign[]): Pick<Attribution, 'provider' | 'confidence' | 'conflict' | 'link' | 'signs'> {
    const first = signs[0]!;
    const agreeing = signs.filter((sign) => sign.provider === first.provider);
    const against = signs.find((sign) => sign.provider !== first.provider && sign.kind !== 'tool');
    const kinds = new Set(agreeing.map((sign) => sign.kind));
    let rank = Math.max(...agreeing.map((sign) => RANK[sign.confidence]));
    if (kinds.size > 1) rank = Math.min(2, rank + 1);
    if (against !== undefined) rank = Math.max(0, rank - 1);
    const link = agreeing.find((sign) => sign.kind === 'link');
    return {
      provider: first.provider.slug,
      confidence: CONFIDENCE[rank]!,
      ...(against === undefined ? {} : { conflict: against.provider.slug }),
      ...optional('link', link?.link),
      signs: [...new Set(signs.map((sign) => sign.kind))],
    };
  }

  #tenants(values: Facts['values'], signs: Sign[]): void {
    const home = values['cloud.home_tenant.uid'];
    const entra = home === undefined ? undefined : this.#entra.get(home.toLowerCase());
    if (entra !== undefined)
      signs.push({ kind: 'tenant', provider: entra, confidence: 'high', by: `home tenant ${home} is ${entra.name}’s` });
    const account = values['cloud.account.uid'];
    const aws =
      (home === undefined ? undefined : this.#aws.get(home)) ??
      (account === undefined ? undefined : this.#aws.get(account));
    if (aws !== undefined)
      signs.push({
        kind: 'tenant',
        provider: aws,
        confidence: 'high',
        by: `AWS account ${account ?? home} is ${aws.name}’s`,
      });
  }

  #place(address: string | undefined, signs: Sign[]): void {
    if (address === undefined) return;
    let place = this.#places.get(address);
    if (place === undefined) {
      if (this.#places.size > 100_000) this.#places.clear();
      place = this.#networks.find(address) ?? null;
      this.#places.set(address, place);
    }
    if (place === null) return;
    const { provider, text, link } = place;
    if (link === undefined)
      signs.push({
        kind: 'network',
        provider,
        confidence: 'medium',
        by: `${address} lies in ${provider.name}’s network ${text}`,
      });
    else
      signs.push({
        kind: 'link',
        provider,
        confidence: 'medium',
        link,
        by: `${address} comes through the link ${link} of ${provider.name} (${text})`,
      });
  }

  #hosts(values: Facts['values'], signs: Sign[]): void {
    for (const path of ['src_endpoint.hostname', 'device.hostname'] as const) {
      const value = values[path];
      if (value === undefined) continue;
      const provider = this.#hostIndex.find(value);
      if (provider === undefined) continue;
      // A workstation's name is what the far end says of itself; a device's own log isn't.
      signs.push({
        kind: 'host',
        provider,
        confidence: path === 'device.hostname' ? 'medium' : 'low',
        by: `host ${value} is ${provider.name}’s`,
      });
    }
  }

  #toolOf(facts: Facts): ToolMatch | undefined {
    let best: ToolMatch | undefined;
    // In sign-ins and VPN sessions `tool` is the client's own word for itself: a user agent, a VPN program.
    const client = facts.class.class_uid === 3002 || facts.class.class_uid === 4014;
    for (const path of TOOL_PATHS) {
      const value = facts.values[path];
      if (value === undefined || (client && path === 'tool')) continue;
      const match = this.#tool(path, value);
      if (match === undefined) continue;
      if (match.instance !== undefined) return match;
      best ??= match;
    }
    return best;
  }

  #tool(path: NormalPath, value: string): ToolMatch | undefined {
    switch (path) {
      case 'process.file.path':
      case 'process.original_file_name':
        return this.#tools.path(value);
      case 'service.name':
        return this.#tools.service(value);
      case 'service.cmd_line':
      case 'process.cmd_line':
        return this.#tools.command(value);
      case 'dns.query':
      case 'dst_endpoint.hostname':
        return this.#tools.domain(value);
      case 'url':
        return this.#tools.url(value);
      case 'process.signer':
        return this.#tools.signer(value);
      case 'tool':
        return this.#tools.named(value);
      default:
        return undefined;
    }
  }
}

const TOOL_PATHS: readonly NormalPath[] = [
  'tool',
  'process.file.path',
  'service.cmd_line',
  'process.cmd_line',
  'service.name',
  'dns.query',
  'url',
  'dst_endpoint.hostname',
  'process.original_file_name',
  'process.signer',
];

function toolSigns(tool: ToolMatch, signs: Sign[]): void {
  if (tool.instance !== undefined) {
    const { provider, name, declared } = tool.instance;
    signs.push({
      kind: 'instance',
      provider,
      confidence: 'medium',
      by: `${name} names ${provider.name}’s own instance ${declared.instance ?? declared.relay}`,
    });
    return;
  }
  const providers = new Set(tool.declared.map((one) => one.provider));
  if (providers.size !== 1) return;
  const provider = [...providers][0]!;
  signs.push({
    kind: 'tool',
    provider,
    confidence: 'low',
    by: `${tool.seen} belongs to ${tool.name}, which only ${provider.name} uses here`,
  });
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
