import { call } from '../../api/client.ts';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useSession } from '../../api/session.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

interface Props {
  readonly sources: readonly Source[];
  readonly done: () => void;
}

/** Places a hold on one source's events, or on all of them. */
export function LegalHoldForm({ sources, done }: Props) {
  const { api } = useOrganization();
  const session = useSession();
  return (
    <section className="stack close">
      <h2>Place a hold</h2>
      <ActForm
        label="Place the hold"
        clears
        act={(answer) =>
          call('POST', `${api}/legal-holds`, {
            body: {
              source_id: answer('source_id') || null,
              reason: answer('reason'),
              owner: answer('owner'),
              ends_at: answer('ends_on') === '' ? null : `${answer('ends_on')}T00:00:00Z`,
            },
          })
        }
        done={done}
      >
        <Field
          label="Keep"
          name="source_id"
          options={[
            ['', 'everything of this organisation'],
            ...sources.map(({ id, name }) => [id, `what came from ${name}`] as const),
          ]}
        />
        <Field label="Reason" name="reason" required hint="E.g. the number of the case, and who asked for it." />
        <Field
          label="Owner"
          name="owner"
          required
          value={session.data?.user.email ?? ''}
          hint="Who decides when it is released."
        />
        <Field label="Ends on" name="ends_on" type="date" hint="Empty: when somebody releases it." />
      </ActForm>
    </section>
  );
}
