/** What a TLS listener needs, PEM. */
export interface TlsMaterial {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer;
  readonly clientCertificate: 'none' | 'optional' | 'required';
}
