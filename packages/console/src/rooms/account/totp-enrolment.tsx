import { useState } from 'react';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { QrCode } from '../../parts/qr-code.tsx';
import { Secret } from '../../parts/secret.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

interface Begun {
  readonly id: string;
  readonly uri: string;
  readonly secret: string;
}

/** An authenticator app: QR code and text, proven with one code; then recovery codes, shown once. */
export function TotpEnrolment({ done }: { readonly done: () => void }) {
  const [begun, setBegun] = useState<Begun>();
  const [codes, setCodes] = useState<readonly string[]>();
  if (codes !== undefined) return <RecoveryCodes codes={codes} done={done} />;
  if (begun === undefined)
    return (
      <ActForm
        label="Set up an authenticator app"
        act={(answer) => call<Begun>('POST', '/me/factors/totp', { body: { label: answer('label') } })}
        done={setBegun}
      >
        <Field label="Name of the app or phone" name="label" value="Authenticator app" required />
      </ActForm>
    );
  return (
    <>
      <QrCode text={begun.uri} label="QR code with the authenticator's secret; the same stands below as text" />
      <Secret text={begun.secret} label="secret" />
      <ActForm
        label="Confirm"
        act={async (answer) => {
          await call('POST', '/me/factors/totp/confirm', { body: { code: answer('code').replaceAll(' ', '') } });
          return (await call<{ codes: string[] }>('POST', '/me/recovery-codes', { body: {} })).codes;
        }}
        done={setCodes}
      >
        <Field label="Code that the app shows" name="code" required inputMode="numeric" autoComplete="one-time-code" />
      </ActForm>
    </>
  );
}
