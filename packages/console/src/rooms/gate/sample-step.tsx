import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';

/** Offers a made-up organisation whose logs arrive through the real listeners. */
export function SampleStep({ done }: { readonly done: (slug?: string) => void }) {
  return (
    <ActForm
      label="Add the sample organisation"
      act={() => call<{ readonly organization: string }>('POST', '/sample', { body: {} })}
      done={({ organization }) => done(organization)}
      beside={
        <button type="button" className="button" onClick={() => done()}>
          No, go to my organisation
        </button>
      }
    >
      <p>
        Your organisation has no logs yet. To see how findings explain themselves, add a made-up clinic beside it: its
        logs, with an intrusion through a provider's account, arrive through the real listeners within a minute. It
        stays apart from yours.
      </p>
    </ActForm>
  );
}
