import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { RegistryProblem } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { LineProblems, ProblemList } from '../../parts/line-problems.tsx';
import { Note } from '../../parts/note.tsx';
import { example } from './example.ts';

interface Loaded {
  readonly problems: readonly RegistryProblem[];
}

/** Changes the registry: first a dry run that says what is wrong at which line, then the real load. */
export function RegistryEditor({ text: first }: { readonly text: string }) {
  const { api } = useOrganization();
  const client = useQueryClient();
  const [text, setText] = useState(first);
  const sending = useMutation({
    mutationFn: (dry: boolean) => call<Loaded>('PUT', `${api}/registry`, { body: { document: text, dry_run: dry } }),
    onSuccess: (_, dry) => {
      if (!dry) void client.invalidateQueries({ queryKey: [api, 'registry'] });
    },
  });
  const problems = sending.data?.problems ?? [];
  return (
    <form
      className="form wide"
      onSubmit={(event) => {
        event.preventDefault();
        sending.mutate(false);
      }}
    >
      {text === '' && (
        <Note>
          <span>
            There is no registry yet: nobody’s access is known as agreed. Begin with an example and replace what stands
            in it, or let <code>chaperone registry propose</code> write one from your logs.
          </span>
          <span>
            <button type="button" className="button small" onClick={() => setText(example)}>
              Begin with an example
            </button>
          </span>
        </Note>
      )}
      <label className="field">
        <span>chaperone.yaml</span>
        <textarea
          className="code"
          id="registry-text"
          rows={22}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div role="status" className="stack close">
        {sending.isSuccess && (
          <Note tone={problems.length === 0 ? 'good' : 'partial'}>
            <strong>
              {sending.variables ? 'Dry run, nothing was changed: ' : 'Loaded: '}
              {problems.length === 0 ? 'no problems.' : 'what is listed below is set aside or worth a look.'}
            </strong>
          </Note>
        )}
        <ProblemList problems={problems} text="registry-text" />
      </div>
      {sending.error && <LineProblems error={sending.error} text="registry-text" />}
      <div className="acts">
        <button type="button" className="button" disabled={sending.isPending} onClick={() => sending.mutate(true)}>
          Check only
        </button>
        <button type="submit" className="button main-act" disabled={sending.isPending || text === first}>
          Load as the new version
        </button>
      </div>
    </form>
  );
}
