const steps: Readonly<Record<string, readonly [number, string]>> = {
  critical: [5, 'critical'],
  high: [4, 'high'],
  medium: [3, 'medium'],
  low: [2, 'quiet'],
  informational: [1, 'quiet'],
};

/** A level in words; bars and colour only repeat it. */
export function LevelWord({ level }: { readonly level: string }) {
  const [height, tone] = steps[level] ?? [0, 'quiet'];
  return (
    <span className={`level tone-${tone}`}>
      <i aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <b key={step} className={step <= height ? 'on' : ''} />
        ))}
      </i>
      {level}
    </span>
  );
}

/** For sorting: critical first. */
export function levelHeight(level: string): number {
  return steps[level]?.[0] ?? 0;
}
