import { createHash, randomBytes } from 'node:crypto';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** SHA-256 in hex: how secrets of 256 random bits are kept and found again. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** 43 characters of base64url: 256 random bits. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A token that can be told from other text, with six characters by which a mistyped one is known at once: `chp_...`. */
export function randomToken(prefix: 'chp' | 'chi'): string {
  let body = '';
  while (body.length < 40)
    for (const byte of randomBytes(40)) if (byte < 248 && body.length < 40) body += LETTERS[byte % 62];
  return `${prefix}_${body}${checksum(body)}`;
}

/** Whether a text is a token of ours, as far as its form goes. */
export function isToken(text: string): boolean {
  const found = /^ch[pi]_([0-9A-Za-z]{40})([0-9A-Za-z]{6})$/.exec(text);
  return found !== null && checksum(found[1]) === found[2];
}

function checksum(body: string): string {
  let number = createHash('sha256').update(body).digest().readUIntBE(0, 6) % 62 ** 6;
  let text = '';
  for (let i = 0; i < 6; i += 1) {
    text += LETTERS[number % 62];
    number = Math.floor(number / 62);
  }
  return text;
}
