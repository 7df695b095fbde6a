interface Props {
  readonly values: readonly number[];
  /** the same in words */
  readonly label: string;
}

/** The shape of a volume; its words carry the meaning. */
export function Sparkline({ values, label }: Props) {
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? 96 / (values.length - 1) : 0;
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${(18 - (value / most) * 16).toFixed(1)}`);
  return (
    <svg className="spark" width="96" height="20" viewBox="0 0 96 20" role="img" aria-label={label}>
      <polyline points={points.join(' ')} />
    </svg>
  );
}
