import type { SecureContextOptions, TlsOptions } from 'node:tls';

/** What a TLS listener needs, PEM. */
export interface TlsMaterial {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
  readonly clientCertificate: 'none' | 'optional' | 'required';
}

/** Client certificates are known by their fingerprint; where authorities are given and one is required, they must be signed by these, too. */
export function tlsOptions({ cert, key, ca, clientCertificate }: TlsMaterial): TlsOptions & SecureContextOptions {
  return {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    requestCert: clientCertificate !== 'none',
    rejectUnauthorized: clientCertificate === 'required' && ca !== undefined,
    minVersion: 'TLSv1.2',
  };
}
