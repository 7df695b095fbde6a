import { useState } from 'react';

/** Copies a text, and says whether it worked. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied.');
    } catch {
      setSaid('The browser does not allow copying: mark the text and copy it yourself.');
    }
  };
  return (
    <span className="acts">
      <button type="button" className="button" onClick={() => void copy()}>
        Copy {label}
      </button>
      <span role="status" className="quiet">
        {said}
      </span>
    </span>
  );
}
