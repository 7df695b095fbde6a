import type { ServiceStatus } from '../api/model.ts';
import { useThing } from '../api/reading.ts';
import { Moment } from '../parts/moment.tsx';
import { Note } from '../parts/note.tsx';

const EVERY = 60_000;

/** Says that events are not judged as they should be; nothing while all is well. */
export function EngineNote() {
  const { data } = useThing<ServiceStatus>('/status', undefined, EVERY);
  if (data === undefined || (data.engine === 'running' && data.unjudged === 0)) return null;
  return (
    <Note tone="partial">
      {data.engine === 'starting again' && 'The engine that judges events died and is being started again. '}
      {data.unjudged > 0 &&
        `${data.unjudged.toLocaleString('en')} records since the start of the service were kept without being judged, for the engine died over them: their sources tell which. `}
      {data.last_death !== null && (
        <>
          It last died <Moment at={data.last_death.at} />: {data.last_death.message}
        </>
      )}
    </Note>
  );
}
