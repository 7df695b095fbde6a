import { hash, verify } from '@node-rs/argon2';
import { IdentityError } from './identity-error.ts';
import { type Comer, PasswordLine } from './password-line.ts';

/** OWASP's second choice for argon2id (2023): 19 MiB, two passes, one lane. */
const COST = { algorithm: 2 as const, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const SHORTEST = 12;
const LONGEST = 1_024;
const line = new PasswordLine();

const COMMON = [
  'password',
  'passwort',
  'qwertyuiop',
  'chaperone',
  'administrator',
  'letmein',
  'welcome',
  '1234567890',
  'iloveyou',
  'changeme',
  'hospital',
  'klinik',
];

/** @throws IdentityError `password_weak`, with what is wrong */
export function checkPassword(password: string, own: readonly string[]): void {
  const weak = (why: string) =>
    new IdentityError(
      'password_weak',
      why,
      `Take at least ${SHORTEST} characters that nobody would guess: a few words together are best.`,
    );
  if (password.length < SHORTEST) throw weak(`The password has ${password.length} characters.`);
  if (password.length > LONGEST) throw weak('The password is too long.');
  const lower = password.toLowerCase();
  const plain = lower.replace(/[^a-z0-9]/g, '');
  const rest = COMMON.reduce((text, word) => text.replaceAll(word, ''), plain);
  const beside = rest === plain ? rest : rest.replace(/\d/g, '');
  if (beside.length < 5 && plain.length > 0) throw weak('The password is one of the commonest.');
  if (new Set(lower).size < 5) throw weak('The password repeats a few characters.');
  const words = own.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u)).filter(({ length }) => length >= 4);
  const left = words.reduce((text, word) => text.replaceAll(word, ''), lower);
  if (left !== lower && left.length < 6) throw weak('The password is made of your name or address.');
}

export function hashPassword(password: string): Promise<string> {
  return line.run(undefined, () => hash(password, COST));
}

let dummy: Promise<string> | undefined;

/**
 * Whether a password is right. Takes as long for somebody who isn't there (`undefined`).
 *
 * @param comer who signs in; undefined: somebody who is signed in
 * @throws IdentityError `too_many_tries`
 */
export async function rightPassword(
  password: string,
  kept: string | null | undefined,
  comer?: Comer,
): Promise<boolean> {
  dummy ??= hash('nobody has this password', COST);
  const against = kept ?? (await dummy);
  return line.run(comer, async () => (await verify(against, password.slice(0, LONGEST))) && kept != null);
}
