import { browserSupportsWebAuthn, startRegistration } from '@simplewebauthn/browser';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

type Options = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** A passkey of this device or of a security key. */
export function PasskeyEnrolment({ done }: { readonly done: () => void }) {
  if (!browserSupportsWebAuthn())
    return <p className="quiet">Passkeys need HTTPS (or localhost) and a browser that knows them.</p>;
  return (
    <ActForm
      label="Add a passkey"
      act={async (answer) => {
        const options = await call<Options>('POST', '/me/factors/passkey/options', { body: {} });
        const response = await startRegistration({ optionsJSON: options });
        await call('POST', '/me/factors/passkey', { body: { label: answer('passkey'), response } });
      }}
      done={done}
    >
      <Field label="Name of the passkey" name="passkey" value="This device" required />
    </ActForm>
  );
}
