import type { Evidence } from '../../api/model.ts';
import { LogText } from '../../parts/log-text.tsx';

/** The fields that made it hold, with the part that matched marked. */
export function MarkedEvidence({ evidence }: { readonly evidence: readonly Evidence[] }) {
  if (evidence.length === 0) return null;
  return (
    <section className="stack close">
      <h3>Evidence</h3>
      <dl className="facts">
        {evidence.map((one, index) => {
          // two selections may name the same field
          const key = `${one.field} ${index}`;
          return [
            <dt key={key}>
              <code>
                <LogText text={one.item ?? one.field} />
              </code>
            </dt>,
            <dd key={`${key} value`}>
              <code>
                <Marked {...one} />
              </code>
              {one.expected !== undefined && (
                <div className="quiet">
                  asked for <LogText text={one.expected} />
                </div>
              )}
            </dd>,
          ];
        })}
      </dl>
    </section>
  );
}

function Marked({ value, part }: Evidence) {
  if (part === undefined) return <LogText text={value} />;
  const [from, to] = part;
  return (
    <>
      <LogText text={value.slice(0, from)} />
      <mark>
        <LogText text={value.slice(from, to)} />
      </mark>
      <LogText text={value.slice(to)} />
    </>
  );
}
