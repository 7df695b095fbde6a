import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { SourceTable } from '../storage/index.ts';

/** Where this installation's listeners can be reached, and what a shipper needs to know. */
export interface ShipperPlaces {
  readonly host: string;
  readonly http: { readonly port: number; readonly tls: boolean } | undefined;
  readonly syslog: number | undefined;
  readonly syslogTls: number | undefined;
  readonly relp: number | undefined;
}

interface Recipe {
  readonly name: string;
  readonly title: string;
  readonly kinds: readonly SourceTable['kind'][];
  readonly configuration: string;
  readonly note?: string;
}

const recipes = load(
  readFileSync(new URL('../../../../content/shippers/shippers.yaml', import.meta.url), 'utf8'),
) as readonly Recipe[];

/** What a recipe's place is, in words. */
const LISTENERS: Readonly<Record<string, string>> = {
  http_port: 'HTTP',
  syslog_port: 'syslog',
  syslog_tls_port: 'syslog over TLS',
  relp_port: 'RELP',
};

/** Exact configurations that send to a source, for every shipper that speaks its way. `token` stands where the ingest token belongs. */
export function shippersFor(kind: SourceTable['kind'], places: ShipperPlaces, token: string) {
  const values: Readonly<Record<string, string | undefined>> = {
    host: places.host,
    token,
    http_port: places.http?.port.toString(),
    scheme: places.http?.tls === true ? 'https' : 'http',
    on_off: places.http?.tls === true ? 'on' : 'off',
    syslog_port: places.syslog?.toString(),
    syslog_tls_port: places.syslogTls?.toString(),
    relp_port: places.relp?.toString(),
  };
  return recipes
    .filter(({ kinds }) => kinds.includes(kind))
    .map(({ name, title, configuration, note }) => {
      const missing = [...configuration.matchAll(/\{\{(\w+)\}\}/g)]
        .map(([, key]) => key)
        .filter((key) => values[key] === undefined);
      const text = configuration.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? `<${key}>`);
      const warning =
        missing.length === 0
          ? note
          : `This needs a listener that this installation does not have: ${missing.map((key) => LISTENERS[key] ?? key).join(', ')}. An administrator adds it under “listeners” in the configuration. ${note ?? ''}`.trim();
      return { name, title, configuration: text, ...(warning === undefined ? {} : { note: warning }) };
    });
}
