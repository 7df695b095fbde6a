import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** A file of the built console; every other path is its page, for the console's own addresses. */
export function consoleFile(folder: string, path: string): Response {
  const clean = normalize(decoded(path)).replace(/^(\.\.[/\\])+/, '');
  const wanted = join(folder, clean);
  const file =
    wanted.startsWith(folder) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, 'index.html');
  if (!existsSync(file))
    return new Response('The console is not built. Run npm start, which builds it.', { status: 404 });
  const named = /-[\w-]{8,}\.\w+$/.test(file);
  return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream, {
    headers: {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': String(statSync(file).size),
      // Files with a hash in their name never change.
      'cache-control': named ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}

/** A path without its percent signs; one that is no such path is a page's, like every other that names no file. */
function decoded(path: string): string {
  try {
    const plain = decodeURIComponent(path);
    return plain.includes('\0') ? '/' : plain;
  } catch {
    return '/';
  }
}
