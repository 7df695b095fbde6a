import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A certificate with its key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Certificates last this long; a new one is made when less than 30 days are left. */
const DAYS = 825;
const RENEW = 30 * 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The service's own certificate, made at the first start and kept in `folder` (key 0600). Made anew when it is about to end or lacks one
 * of the names. Shippers and browsers must be told to trust it: its fingerprint is printed at the start.
 */
export async function selfSigned(folder: string, names: readonly string[], now = Date.now()): Promise<KeyPair> {
  const files = { cert: join(folder, 'self-signed.crt'), key: join(folder, 'self-signed.key') };
  if (existsSync(files.cert) && existsSync(files.key)) {
    const kept = { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
    if (holds(kept.cert, names, now)) return kept;
  }
  const made = await make(names, now);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(files.key, made.key, { mode: 0o600 });
  writeFileSync(files.cert, made.cert);
  return made;
}

/** SHA-256 of a certificate as people compare it, `AB:CD:...`. */
export async function fingerprint(cert: string): Promise<string> {
  const hash = await new x509.X509Certificate(cert).getThumbprint('SHA-256', crypto);
  return Buffer.from(hash)
    .toString('hex')
    .toUpperCase()
    .replace(/..(?!$)/g, '$&:');
}

function holds(pem: string, names: readonly string[], now: number): boolean {
  const cert = new x509.X509Certificate(pem);
  if (cert.notAfter.getTime() - now < RENEW) return false;
  const alternatives =
    cert.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? [];
  return names.every((name) => alternatives.includes(name));
}

async function make(names: readonly string[], now: number): Promise<KeyPair> {
  x509.cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const cert = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=Chaperone on ${hostname().replace(/[^\w.-]/g, '')}`,
      keys: keys,
      signingAlgorithm: ALGORITHM,
      // A clock that is somewhat behind must not refuse a certificate made a minute ago.
      notBefore: new Date(now - 86_400_000),
      notAfter: new Date(now + DAYS * 86_400_000),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIp(value) ? 'ip' : 'dns', value }))),
      ],
    },
    crypto,
  );
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const pem = `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
  return { cert: `${cert.toString('pem')}\n`, key: pem };
}

function isIp(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(':');
}
