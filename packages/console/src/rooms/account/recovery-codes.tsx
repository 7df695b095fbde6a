import { Note } from '../../parts/note.tsx';
import { Secret } from '../../parts/secret.tsx';

export function RecoveryCodes({ codes, done }: { readonly codes: readonly string[]; readonly done: () => void }) {
  return (
    <Note tone="partial">
      <strong>Keep these recovery codes. They are shown once; each works once, when the phone is lost.</strong>
      <Secret text={codes.join('\n')} label="codes" />
      <span>
        <button type="button" className="button main-act" onClick={done}>
          I have kept them
        </button>
      </span>
    </Note>
  );
}
