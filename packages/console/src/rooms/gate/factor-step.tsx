import { Note } from '../../parts/note.tsx';
import { TotpEnrolment } from '../account/totp-enrolment.tsx';

/** Enrols a second factor before anything else: a console that sees everything must not open to a password alone. */
export function FactorStep({ done }: { readonly done: () => void }) {
  return (
    <>
      <p>
        Who can sign in here sees every log of the organisation. A password alone is not enough for that: add an
        authenticator app.
      </p>
      <TotpEnrolment done={done} />
      <Note>
        <span>You can also do this later under your name. Until then you can look, but not change anything.</span>
        <span>
          <button type="button" className="button small" onClick={done}>
            Later
          </button>
        </span>
      </Note>
    </>
  );
}
