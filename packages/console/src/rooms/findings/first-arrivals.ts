import { useEffect, useRef, useState } from 'react';

/** A list this short is one that begins: what arrives is shown as it comes. */
const FEW = 5;
/** Milliseconds between two readings while much arrives. */
const PAUSE = 1_000;

/**
 * Where (nearly) nothing stands nothing can jump: what arrives in a list that begins is read at once, until somebody uses the list.
 *
 * @param ready the list was read, and is whole
 * @returns whether arrivals are only counted, and what to call when the list is used
 */
export function useFirstArrivals(
  ready: boolean,
  rows: number,
  arrived: number,
  read: () => void,
): readonly [touched: boolean, touch: () => void] {
  const [touched, setTouched] = useState<boolean>();
  const timer = useRef<number>(undefined);
  // decided once, by what stood there first
  if (ready && touched === undefined) setTouched(rows >= FEW);
  useEffect(() => {
    if (touched !== false || arrived === 0 || timer.current !== undefined) return;
    timer.current = window.setTimeout(
      () => {
        timer.current = undefined;
        read();
      },
      rows === 0 ? 0 : PAUSE,
    );
  }, [touched, arrived, rows, read]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return [touched !== false, () => setTouched(true)];
}
