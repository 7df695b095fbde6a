// A ClickHouse for the trials in a process of its own, that can be killed or stopped: `node clickhouse-server.ts FOLDER PORT`.
import { clickhouseOverHttp } from '../../packages/chaperone/testkit/storage/clickhouse-over-http.ts';

const [folder, port] = process.argv.slice(2);
await clickhouseOverHttp({ folder, port: Number(port) });
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
