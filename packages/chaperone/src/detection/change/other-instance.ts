import { type Activity, hostName, type Registry, type Tool } from '../../registry/index.ts';

/** Endings of file names, which look like domains in a command line. */
const FILE = /\.(?:exe|dll|sys|msi|config|xml|json|log|db|dat|ini|bat|cmd|ps1|vbs|txt|jar|py|sh)$/i;
/** Names under a vendor's domain that every installation asks for. */
const SHARED =
  /^(?:www|api|update|updates|download|downloads|cdn|static|assets|login|auth|sso|status|docs|help|support|license|licensing|telemetry|metrics|control|cloud|account|boot|relay|relays|server\d*|router\d*|master\d*|ping\d*)(?:[.-]|$)/;
const HOST = /(?<![\w.@\\/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![\w-])/gi;

/** An instance of an agreed tool that isn't the agreed one. `sure`: the program's own command line names it. */
export interface OtherInstance {
  readonly tool: Tool;
  readonly instance: string;
  readonly sure: boolean;
}

/**
 * Which other instance an activity's tool names. Only for tools whose instance was declared: a service's command line names the server that its
 * agent obeys; a look-up under the vendor's domain only hints at one.
 */
export function otherInstance(registry: Registry, { facts, attribution }: Activity): OtherInstance[] {
  const name = attribution.tool?.toLowerCase();
  if (name === undefined) return [];
  const declared = registry.providers
    .flatMap((provider) => provider.tools)
    .filter((tool) => tool.name.toLowerCase() === name);
  const agreed = declared
    .flatMap((tool) => [tool.declared.instance, tool.declared.relay])
    .filter((text) => text !== undefined)
    .map(hostName);
  // One declaration without an instance allows any.
  if (
    agreed.length === 0 ||
    declared.some((tool) => tool.declared.instance === undefined && tool.declared.relay === undefined)
  )
    return [];
  const found: OtherInstance[] = [];
  const command = facts.values['service.cmd_line'] ?? facts.values['process.cmd_line'];
  for (const match of command?.slice(0, 4096).matchAll(HOST) ?? []) {
    const host = hostName(match[0]);
    if (!FILE.test(host) && !isAgreed(host, agreed) && host.split('.').length > 2)
      found.push({ tool: declared[0]!, instance: host, sure: true });
  }
  const asked = facts.values['dns.query'];
  if (asked !== undefined) {
    const host = hostName(asked);
    // The instance is a name of its own under the vendor's domain, as the agreed one is.
    const sibling = agreed.some(
      (own) =>
        own.includes('.') &&
        host.endsWith(own.slice(own.indexOf('.'))) &&
        host.split('.').length === own.split('.').length,
    );
    if (sibling && !SHARED.test(host) && !isAgreed(host, agreed))
      found.push({ tool: declared[0]!, instance: host, sure: false });
  }
  return found.slice(0, 4);
}

function isAgreed(host: string, agreed: readonly string[]): boolean {
  return agreed.some((own) => host === own || host.endsWith(`.${own}`) || own.endsWith(`.${host}`));
}
