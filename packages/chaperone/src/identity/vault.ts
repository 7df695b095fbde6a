import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps secrets at rest, and makes marks that nobody can make without the key. */
export interface Vault {
  /** AES-256-GCM under a key for this purpose; the same text is sealed differently each time. */
  seal(purpose: string, text: string): string;
  /** @throws Error when the text was changed, or sealed under another key or for another purpose */
  open(purpose: string, sealed: string): string;
  /** HMAC-SHA-256 under a key of its own, base64url. */
  mac(purpose: string, text: string): string;
  /** 32 bytes for one purpose, e.g. the masking of one organisation. */
  key(purpose: string): Uint8Array;
}

/** @param masterKey 32 bytes */
export function createVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== 32) throw new TypeError('the master key has 32 bytes');
  const keys = new Map<string, Uint8Array>();
  const key = (purpose: string) => {
    let derived = keys.get(purpose);
    if (derived === undefined) {
      derived = new Uint8Array(hkdfSync('sha256', masterKey, 'chaperone', purpose, 32));
      if (keys.size < 10_000) keys.set(purpose, derived);
    }
    return derived;
  };
  return {
    key,
    seal(purpose, text) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key(`seal/${purpose}`), iv);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url');
      if (!sealed.startsWith('v1.') || bytes.length < 28) throw new Error('is no sealed text');
      const decipher = createDecipheriv('aes-256-gcm', key(`seal/${purpose}`), bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
    mac: (purpose, text) =>
      createHmac('sha256', key(`mac/${purpose}`))
        .update(text)
        .digest('base64url'),
  };
}
