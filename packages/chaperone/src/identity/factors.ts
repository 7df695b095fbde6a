import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Tx } from '../storage/index.ts';
import { type Actor, audit } from './audit.ts';
import type { Identity } from './identity.ts';
import { IdentityError } from './identity-error.ts';
import { needsSecondFactor } from './roles.ts';
import { digest } from './secrets.ts';
import { confirmedFactors, endOtherSessions, membershipsOf } from './sessions.ts';
import { uuid7 } from './uuid.ts';

const PERIOD = 30;
const PURPOSE = 'totp';
const RECOVERY = 10;

/** A new authenticator that must be confirmed by a code: the secret is shown once, as text and as a link for a QR code. */
export async function offerTotp(
  { vault, now }: Identity,
  tx: Tx,
  user: { id: string; email: string | null },
  label: string,
): Promise<{ id: string; secret: string; uri: string }> {
  await tx
    .deleteFrom('user_factor')
    .where('user_id', '=', user.id)
    .where('kind', '=', 'totp')
    .where('confirmed_at', 'is', null)
    .execute();
  const secret = new Secret({ size: 20 });
  const id = uuid7(now());
  await tx
    .insertInto('user_factor')
    .values({
      id,
      user_id: user.id,
      kind: 'totp',
      label: label.slice(0, 80),
      data: JSON.stringify({ secret: vault.seal(PURPOSE, secret.base32), used: 0 }),
    })
    .execute();
  return { id, secret: secret.base32, uri: totpOf(secret, user.email ?? '').toString() };
}

/** @throws IdentityError `code_wrong` */
export async function confirmTotp(
  identity: Identity,
  tx: Tx,
  user: { id: string; email: string | null; session: string | null },
  code: string,
  actor: Actor,
): Promise<void> {
  const factor = await tx
    .selectFrom('user_factor')
    .selectAll()
    .where('user_id', '=', user.id)
    .where('kind', '=', 'totp')
    .where('confirmed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  const step = factor === undefined ? null : stepOf(identity, factor.data, code);
  if (factor === undefined || step === null)
    throw new IdentityError(
      'code_wrong',
      'The code is wrong.',
      'Type the code that the app shows now. Is the clock of your phone right?',
    );
  await tx
    .updateTable('user_factor')
    .set({ confirmed_at: new Date(identity.now()), data: JSON.stringify({ ...factor.data, used: step }) })
    .where('id', '=', factor.id)
    .execute();
  await endOtherSessions(identity, tx, user.id, user.session);
  await auditPerson(identity, tx, user.id, actor, 'factor.add', { factor: 'one-time codes' });
}

/** Whether a code fits one of the person's authenticators; each code works once. */
export async function useTotp(identity: Identity, tx: Tx, user: string, code: string): Promise<boolean> {
  const factors = await tx
    .selectFrom('user_factor')
    .selectAll()
    .where('user_id', '=', user)
    .where('kind', '=', 'totp')
    .where('confirmed_at', 'is not', null)
    .forUpdate()
    .execute();
  for (const factor of factors) {
    const step = stepOf(identity, factor.data, code);
    if (step === null) continue;
    await tx
      .updateTable('user_factor')
      .set({ last_used_at: new Date(identity.now()), data: JSON.stringify({ ...factor.data, used: step }) })
      .where('id', '=', factor.id)
      .execute();
    return true;
  }
  return false;
}

/** New recovery codes, shown once; older ones are void. */
export async function newRecoveryCodes(identity: Identity, tx: Tx, user: string, actor: Actor): Promise<string[]> {
  await tx.deleteFrom('user_factor').where('user_id', '=', user).where('kind', '=', 'recovery').execute();
  const codes = Array.from({ length: RECOVERY }, () => randomBytes(10).toString('hex'));
  await tx
    .insertInto('user_factor')
    .values(
      codes.map((code) => ({
        id: uuid7(),
        user_id: user,
        kind: 'recovery' as const,
        label: 'Recovery code',
        data: JSON.stringify({ hash: digest(code) }),
        confirmed_at: new Date(),
      })),
    )
    .execute();
  await auditPerson(identity, tx, user, actor, 'factor.recovery_codes', {});
  return codes.map((code) => code.replace(/.{5}(?!$)/g, '$&-'));
}

export async function useRecoveryCode(tx: Tx, user: string, code: string): Promise<boolean> {
  const hash = digest(code.toLowerCase());
  const factors = await tx
    .selectFrom('user_factor')
    .select(['id', 'data'])
    .where('user_id', '=', user)
    .where('kind', '=', 'recovery')
    .forUpdate()
    .execute();
  const found = factors.find(({ data }) => data.hash === hash);
  if (found === undefined) return false;
  await tx.deleteFrom('user_factor').where('id', '=', found.id).execute();
  return true;
}

/** @throws IdentityError `factor_needed` for the last one of somebody who must have one */
export async function removeFactor(identity: Identity, tx: Tx, user: string, id: string, actor: Actor): Promise<void> {
  const factor = await tx
    .selectFrom('user_factor')
    .select(['kind', 'confirmed_at'])
    .where('id', '=', id)
    .where('user_id', '=', user)
    .executeTakeFirst();
  if (factor === undefined)
    throw new IdentityError('not_found', 'There is no such factor.', 'It may be removed already.');
  const needed = (await membershipsOf(tx, user)).some(({ role }) => needsSecondFactor(role));
  if (needed && factor.confirmed_at !== null && factor.kind !== 'recovery' && (await confirmedFactors(tx, user)) === 1)
    throw new IdentityError(
      'factor_needed',
      'With your role you need a second factor, and this is the last one.',
      'Add another one first.',
    );
  await tx.deleteFrom('user_factor').where('id', '=', id).execute();
  await auditPerson(identity, tx, user, actor, 'factor.remove', { factor: factor.kind });
}

export async function auditPerson(
  identity: Identity,
  tx: Tx,
  user: string,
  actor: Actor,
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  const object = { kind: 'user', id: user };
  await audit(tx, identity.vault, null, { actor, action, object, detail });
  for (const { organization } of await membershipsOf(tx, user))
    await audit(tx, identity.vault, organization, { actor, action, object, detail });
}

/** The time step of a code, one step to either side allowed; null: wrong, or not later than the last one used. */
function stepOf({ vault, now }: Identity, data: Record<string, unknown>, code: string): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const totp = totpOf(Secret.fromBase32(vault.open(PURPOSE, String(data.secret))), '');
  const delta = totp.validate({ token: code, timestamp: now(), window: 1 });
  if (delta === null) return null;
  const step = Math.floor(now() / 1000 / PERIOD) + delta;
  return step > Number(data.used ?? 0) ? step : null;
}

function totpOf(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: 'Chaperone', label, algorithm: 'SHA1', digits: 6, period: PERIOD, secret });
}
