import type { Source } from '../../api/model.ts';
import { serviceOf, services } from './fetched-services.ts';

const words: Readonly<Record<string, string>> = {
  elastic: 'Elasticsearch bulk',
  syslog: 'syslog',
  relp: 'RELP',
  hec: 'Splunk HTTP Event Collector',
  otlp: 'OpenTelemetry',
  ndjson: 'lines of JSON over HTTP',
  upload: 'uploads',
};

/** How a source's logs come here, in words. */
export function arrivesBy({ kind, settings }: Pick<Source, 'kind' | 'settings'>): string {
  const service = serviceOf(kind, settings);
  if (service === undefined) return words[kind] ?? kind;
  return service === 'folder' ? 'a watched folder' : `fetched: ${services[service]?.title ?? service}`;
}
