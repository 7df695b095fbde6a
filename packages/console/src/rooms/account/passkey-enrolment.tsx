import { startRegistration } from '@simplewebauthn/browser';
import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { noPasskeys, passkeyTrouble } from '../../parts/passkeys.ts';

type Options = Parameters<typeof startRegistration>[0]['optionsJSON'];

/** A passkey of this device or of a security key. */
export function PasskeyEnrolment({ done }: { readonly done: () => void }) {
  const why = noPasskeys();
  if (why !== undefined) return <p>{why}</p>;
  return (
    <ActForm
      label="Make the passkey"
      act={async (answer) => {
        const options = await call<Options>('POST', '/me/factors/passkey/options', { body: {} });
        const response = await startRegistration({ optionsJSON: options }).catch((error: unknown) => {
          throw passkeyTrouble(error);
        });
        await call('POST', '/me/factors/passkey', { body: { label: answer('passkey'), response } });
      }}
      done={done}
    >
      <p>
        Your browser asks for your finger, face or PIN next. Whoever has this device and passes that is signed in
        without a password.
      </p>
      <Field label="Name of the passkey" name="passkey" value="This device" required />
    </ActForm>
  );
}
