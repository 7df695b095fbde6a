import { type Asked, send } from './asked.ts';

/** As which version of Elasticsearch we are spoken to. */
const VERSION = '8.17.0';

/** What clients of Elasticsearch ask before they send: who are you, may I, is there a template. */
export function handshake({ request, response, path }: Asked) {
  request.resume();
  const method = request.method ?? 'GET';
  if (method === 'HEAD') return void response.writeHead(200).end();
  if (path === '/')
    return send(response, 200, {
      name: 'chaperone',
      cluster_name: 'chaperone',
      cluster_uuid: 'chaperone-intake-000000',
      version: {
        number: VERSION,
        build_flavor: 'default',
        build_type: 'tar',
        build_hash: '0'.repeat(40),
        build_date: '2026-01-01T00:00:00.000Z',
        build_snapshot: false,
        lucene_version: '9.12.0',
        minimum_wire_compatibility_version: '7.17.0',
        minimum_index_compatibility_version: '7.0.0',
      },
      tagline: 'You Know, for Search',
    });
  if (path.startsWith('/_license'))
    return send(response, 200, { license: { status: 'active', uid: '0', type: 'basic', mode: 'basic' } });
  if (path.startsWith('/_xpack'))
    return send(response, 200, {
      features: { ilm: { available: true, enabled: true } },
      license: { type: 'basic', mode: 'basic', status: 'active' },
    });
  if (path.startsWith('/_cluster/health'))
    return send(response, 200, {
      cluster_name: 'chaperone',
      status: 'green',
      timed_out: false,
      number_of_nodes: 1,
      number_of_data_nodes: 1,
    });
  if (path.startsWith('/_nodes'))
    return send(response, 200, {
      _nodes: { total: 1, successful: 1, failed: 0 },
      cluster_name: 'chaperone',
      nodes: { chaperone: { name: 'chaperone', version: VERSION, roles: ['data', 'ingest'], http: {} } },
    });
  if (
    /^\/_(ilm|index_template|template|component_template|ingest|data_stream|alias|cat|security|mapping)/.test(path) ||
    method === 'PUT'
  )
    return send(response, 200, method === 'GET' ? {} : { acknowledged: true });
  send(response, 404, { error: { type: 'not_found', reason: `${method} ${path} is not known here` }, status: 404 });
}
