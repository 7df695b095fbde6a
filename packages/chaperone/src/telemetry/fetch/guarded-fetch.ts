import { lookup as resolve } from 'node:dns';
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isInward } from './address-guard.ts';
import { FetchFailure } from './fetch-failure.ts';

export interface FetchOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** bytes of the answer, as sent; 64 MiB by default */
  readonly maxBytes?: number;
  /** milliseconds without a byte, and for the whole answer twenty times that; 30,000 by default */
  readonly timeout?: number;
  /** addresses of this machine and of private networks may be asked; without it they are refused, whatever name leads there */
  readonly allowPrivate?: boolean;
  /** plain http to others than this machine */
  readonly allowHttp?: boolean;
  /** how often a redirect is followed; 5 by default. With 0 it is given back as an answer */
  readonly redirects?: number;
  readonly signal?: AbortSignal;
}

export interface Fetched {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly url: string;
}

const MAX_REDIRECTS = 5;
const MAX_BYTES = 64 << 20;
const TIMEOUT = 30_000;

/**
 * Asks a server that an administrator named, and trusts it with nothing: https (or loopback) only, no address inside the house unless allowed,
 * looked at when the connection is made so that a name can't change its mind; few redirects, to which no credential goes along; bounded
 * size and time. Answers of any status are given back.
 *
 * @throws FetchFailure
 */
export async function guardedFetch(url: string, options: FetchOptions = {}): Promise<Fetched> {
  let at = parseUrl(url);
  let { headers = {}, method = 'GET', body } = options;
  const most = options.redirects ?? MAX_REDIRECTS;
  for (let hop = 0; hop <= most; hop += 1) {
    checkUrl(at, options);
    const answer = await ask(at, { ...options, headers, method, body });
    const { location } = answer.headers;
    if (location === undefined || most === 0 || ![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    const next = parseUrl(location, at);
    if (next.origin !== at.origin) headers = withoutCredentials(headers);
    if (answer.status <= 303) [method, body] = ['GET', undefined];
    at = next;
  }
  throw new FetchFailure(
    'too_many_redirects',
    `${at.host} sent us on more than ${most} times.`,
    'Give the address that it ends at.',
  );
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url !== null) return url;
  throw new FetchFailure('url_refused', `"${text.slice(0, 100)}" is no address.`, 'Write it as https://host/path.');
}

function checkUrl(url: URL, options: FetchOptions): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const here = host === 'localhost' || host === '::1' || /^127\./.test(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && (here || options.allowHttp === true)))
    throw new FetchFailure(
      'url_refused',
      `${url.protocol}//${url.host} isn't asked: only https is.`,
      'Give an https address, or allow plain http where the network between is yours.',
    );
  if (url.username !== '' || url.password !== '')
    throw new FetchFailure(
      'url_refused',
      `The address of ${url.host} holds a credential.`,
      'Give user and password in their own fields, where they are kept encrypted.',
    );
  if (isIP(host) !== 0 && options.allowPrivate !== true && isInward(host)) throw inward(host, host);
}

function inward(host: string, address: string): FetchFailure {
  return new FetchFailure(
    'address_refused',
    `${host} leads to ${address}, an address inside a network, which isn't asked.`,
    'Allow private addresses for this feed or source if its server really stands inside.',
  );
}

// What may carry a secret, by its name.
function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie|x-.*(key|token))$/i.test(name)),
  );
}

function ask(url: URL, options: FetchOptions): Promise<Fetched> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Fetched>();
  const timeout = options.timeout ?? TIMEOUT;
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: options.method ?? 'GET',
    headers: { 'accept-encoding': 'identity', 'user-agent': 'chaperone', ...options.headers },
    timeout,
    agent: false,
    lookup: guardedLookup(options.allowPrivate === true),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const late = () =>
    request.destroy(
      new FetchFailure('timeout', `${url.host} didn't answer in time.`, 'It is tried again; see whether it is up.'),
    );
  const whole = setTimeout(late, timeout * 20);
  request.on('timeout', late);
  request.on('error', (error) => {
    clearTimeout(whole);
    reject(failureOf(url, error));
  });
  request.on('response', (response) => {
    readAll(response, options.maxBytes ?? MAX_BYTES, url)
      .then((body) => done({ status: response.statusCode ?? 0, headers: response.headers, body, url: url.href }))
      .catch((error) => {
        request.destroy();
        reject(failureOf(url, error));
      })
      .finally(() => clearTimeout(whole));
  });
  request.end(options.body);
  return promise;
}

async function readAll(response: IncomingMessage, maxBytes: number, url: URL): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes)
      throw new FetchFailure(
        'too_large',
        `${url.host} answered with more than ${Math.round(maxBytes / (1 << 20))} MiB.`,
        'Ask it for less at a time, or import the file by hand.',
      );
    parts.push(part);
  }
  return Buffer.concat(parts);
}

// Looked at here, between name and connection: a name that answers otherwise the second time gains nothing.
function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return void done(error, []);
      const bad = allowPrivate ? undefined : addresses.find(({ address }) => isInward(address));
      if (bad !== undefined) return void done(inward(host, bad.address) as NodeJS.ErrnoException, []);
      if (options.all === true) done(null, addresses);
      else done(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function failureOf(url: URL, error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
  return new FetchFailure(
    'unreachable',
    `${url.host} can't be reached (${code}).`,
    'See whether the address is right, the server is up and this machine may go there.',
    { cause: error },
  );
}
