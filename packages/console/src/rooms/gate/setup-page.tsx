import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { readSession } from '../../api/session.ts';
import { Note } from '../../parts/note.tsx';
import { useAddress } from '../../table/address.ts';
import { FactorStep } from './factor-step.tsx';
import { Gate } from './gate.tsx';
import { SampleStep } from './sample-step.tsx';
import { SetupForm } from './setup-form.tsx';

/** First start: the administrator and the organisation, then a second factor, then perhaps the sample. */
export function SetupPage() {
  const [{ token }] = useAddress();
  const [step, setStep] = useState<'first' | 'factor' | 'sample'>('first');
  const client = useQueryClient();
  const navigate = useNavigate();
  const made = async (email: string, password: string) => {
    // some services sign in with the set-up itself; where not, the password just chosen does
    if ((await readSession()) === null) await call('POST', '/session', { body: { email, password } });
    await client.resetQueries({ queryKey: ['session'] });
    setStep('factor');
  };
  const finish = async (slug?: string) => {
    await client.resetQueries({ queryKey: ['session'] });
    void navigate({ to: slug === undefined ? '/' : `/o/${slug}/findings` } as never);
  };
  if (token === undefined && step === 'first')
    return (
      <Gate title="Set up Chaperone">
        <Note tone="partial">
          This page needs the one-time link that Chaperone printed when it started. Copy the whole link, with what
          stands after <code>token=</code>. If it is lost, start Chaperone again: it prints a new one as long as nobody
          has used it.
        </Note>
      </Gate>
    );
  return (
    <Gate
      title={step === 'first' ? 'Set up Chaperone' : step === 'factor' ? 'A second factor' : 'Something to look at'}
    >
      {step === 'first' && <SetupForm token={token ?? ''} done={made} />}
      {step === 'factor' && <FactorStep done={() => setStep('sample')} />}
      {step === 'sample' && <SampleStep done={(slug) => void finish(slug)} />}
    </Gate>
  );
}
