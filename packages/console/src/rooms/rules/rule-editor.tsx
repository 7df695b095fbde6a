import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { RuleDocument } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { LineProblems } from '../../parts/line-problems.tsx';
import { RuleTry } from './rule-try.tsx';

const example = () => `title: ScreenConnect started
id: ${newId()}
level: medium
logsource:
  product: windows
  category: process_creation
detection:
  tool:
    Image|endswith: '\\ScreenConnect.ClientService.exe'
  condition: tool
`;

interface Props {
  readonly document: RuleDocument | undefined;
  readonly done: () => void;
}

/** Writes a rule in Sigma's YAML; mistakes are told with their line. */
export function RuleEditor({ document, done }: Props) {
  const { api } = useOrganization();
  const [text, setText] = useState(() => document?.document ?? example());
  const [name, setName] = useState(document?.name ?? '');
  const saving = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim() || /^title:\s*(.+)$/m.exec(text)?.[1] || 'Own rule',
        document: text,
        enabled: true,
      };
      return document === undefined
        ? call('POST', `${api}/rule-documents`, { body })
        : call('PUT', `${api}/rule-documents/${document.id}`, { body });
    },
    onSuccess: done,
  });
  return (
    <section className="stack close">
      <h2>{document === undefined ? 'New rule' : `Change “${document.name}”`}</h2>
      <form
        className="form wide"
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <label className="field">
          <span>Name</span>
          <input value={name} onChange={(event) => setName(event.target.value)} placeholder="as its title" />
        </label>
        <label className="field">
          <span>Sigma rule (YAML)</span>
          <textarea
            className="code"
            id="rule-text"
            rows={18}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        {saving.error && <LineProblems error={saving.error} text="rule-text" />}
        <div className="acts">
          <button type="submit" className="button main-act" disabled={saving.isPending}>
            Save and switch on
          </button>
          {document !== undefined && (
            <button type="button" className="button" onClick={done}>
              Leave it as it was
            </button>
          )}
        </div>
      </form>
      <RuleTry rule={() => text} />
    </section>
  );
}

/** A random UUID; `crypto.randomUUID` is missing where the page came over plain HTTP. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
