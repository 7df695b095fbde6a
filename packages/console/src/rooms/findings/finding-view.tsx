import type { FindingWithDocument } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { LevelWord } from '../../parts/level-word.tsx';
import { LogText } from '../../parts/log-text.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { ExceptionFrom } from './exception-from.tsx';
import { FindingEvents } from './finding-events.tsx';
import { FindingFacts } from './finding-facts.tsx';
import { MarkedEvidence } from './marked-evidence.tsx';

/** One finding: the why in sentences first, then what proves it, down to the events. */
export function FindingView({ id }: { readonly id: string }) {
  const { slug, mayChange, mayReadEvents } = useOrganization();
  return (
    <Ready of={useThing<FindingWithDocument>(`/findings/${id}`)}>
      {(finding) => (
        <article className="stack">
          <div className="stack close">
            <h2>
              <LogText text={finding.rule_title} />
            </h2>
            <span className="acts">
              <LevelWord level={finding.level} />
              <span className="quiet">{finding.confidence} confidence</span>
            </span>
            <p className="why">
              <LogText text={finding.why} />
            </p>
          </div>
          {finding.exception_id !== null && (
            <Note tone="partial">
              An exception holds this back.{' '}
              <a href={`#/o/${slug}/exceptions?open=${finding.exception_id}`}>See who made it and why</a>
            </Note>
          )}
          {finding.retrospective && (
            <Note>Found by judging stored events with a rule or indicator newer than they are.</Note>
          )}
          {finding.late && <Note>An event of it came late. It was judged when it arrived.</Note>}
          <MarkedEvidence evidence={finding.document.evidence ?? []} />
          <FindingFacts finding={finding} />
          {mayReadEvents && <FindingEvents finding={finding} />}
          {mayChange && <ExceptionFrom finding={finding} />}
        </article>
      )}
    </Ready>
  );
}
