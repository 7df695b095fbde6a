import { call } from '../../api/client.ts';
import { ActForm } from '../../parts/act-form.tsx';

/** Offers a made-up organisation whose logs arrive through the real listeners. */
export function SampleStep({ done }: { readonly done: () => void }) {
  return (
    <ActForm
      label="Add the sample organisation"
      act={() => call('POST', '/sample', { body: {} })}
      done={done}
      beside={
        <button type="button" className="button" onClick={done}>
          No, go to my organisation
        </button>
      }
    >
      <p>
        Your organisation has no logs yet. To see how findings explain themselves, add a made-up clinic beside it: its
        logs, with an intrusion through a provider's account, arrive through the real listeners within a minute. It
        stays apart from yours and can be deleted.
      </p>
    </ActForm>
  );
}
