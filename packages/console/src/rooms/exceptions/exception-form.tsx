import { call } from '../../api/client.ts';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { useSession } from '../../api/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { ProviderField } from '../../parts/provider-field.tsx';

const conditions = [
  ['rule_id', 'Rule'],
  ['account', 'Account'],
  ['host', 'Host'],
  ['src_ip', 'From address'],
] as const;

interface Props {
  readonly first?: Readonly<
    Partial<Record<(typeof conditions)[number][0] | 'provider' | 'detector' | 'source_id', string | null>>
  >;
  /** title of the rule in `first` */
  readonly rule?: string;
  readonly done: () => void;
}

/** What is held back, by whose decision, why, and until when: none is for ever. */
export function ExceptionForm({ first = {}, rule, done }: Props) {
  const { api } = useOrganization();
  const session = useSession();
  const sources = useList<Source>('/sources', { limit: 200 });
  const month = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  return (
    <ActForm
      label="Hold these back"
      act={(answer) => {
        const given = Object.fromEntries(conditions.map(([name]) => [name, answer(name) || null]));
        const body = {
          ...given,
          provider: answer('provider') || null,
          source_id: answer('source_id') || null,
          detector: first.detector ?? null,
          fields: [],
          owner: answer('owner'),
          reason: answer('reason'),
          ends_at: `${answer('ends_at')}T00:00:00Z`,
        };
        return call('POST', `${api}/exceptions`, { body });
      }}
      done={done}
    >
      <p>
        Findings that fit every line below are kept, but held back. They are counted, and can be looked at. Empty a line
        to hold back more.
      </p>
      {conditions.map(([name, label]) => (
        <Field
          key={name}
          label={label}
          name={name}
          value={first[name] ?? ''}
          hint={name === 'rule_id' ? (rule ?? 'Its id, from the rule’s page.') : undefined}
        />
      ))}
      <ProviderField label="Provider" name="provider" value={first.provider} none="any" />
      <Field
        key={sources.items.length}
        label="Source"
        name="source_id"
        value={first.source_id ?? ''}
        options={[['', 'any'], ...sources.items.map(({ id, name }) => [id, name] as const)]}
      />
      <Field label="Reason" name="reason" required hint="What will you say tomorrow, when asked why?" />
      <Field label="Owner" name="owner" required value={session.data?.user.email ?? ''} />
      <Field label="Ends on" name="ends_at" type="date" required value={month} />
    </ActForm>
  );
}
