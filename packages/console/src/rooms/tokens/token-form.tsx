import { call } from '../../api/client.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

interface Props {
  readonly path: string;
  readonly ingest?: boolean;
  readonly done: (secret: string) => void;
}

export function TokenForm({ path, ingest, done }: Props) {
  const { api } = useOrganization();
  return (
    <ActForm
      label="Make the token"
      clears
      act={async (answer) => {
        const days = Number(answer('days'));
        const expires_at = days > 0 ? new Date(Date.now() + days * 86_400_000).toISOString() : undefined;
        const role = ingest ? {} : { role: answer('role') };
        const made = await call<{ secret: string }>('POST', `${api}${path}`, {
          body: { name: answer('name'), expires_at, ...role },
        });
        return made.secret;
      }}
      done={done}
    >
      <Field label="Name" name="name" required hint="What uses it, so that it can be revoked without guessing." />
      {!ingest && (
        <Field
          label="It may do what this role may"
          name="role"
          options={[
            ['viewer', 'viewer: read'],
            ['analyst', 'analyst: read, exceptions, rules, indicators, uploads'],
            ['administrator', 'administrator: everything'],
          ]}
        />
      )}
      <Field
        label="It expires after"
        name="days"
        options={[
          ['90', '90 days'],
          ['365', 'a year'],
          ['30', '30 days'],
          ['0', 'never'],
        ]}
      />
    </ActForm>
  );
}
