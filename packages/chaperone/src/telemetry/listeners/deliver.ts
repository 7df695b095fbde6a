import type { Delivery, Intake } from '../intake.ts';
import { release } from '../release.ts';

/** Tries again after this long where an error doesn't say. Milliseconds. */
const PAUSE = 1_000;

/** Seconds after which the same may be tried again; undefined: the error is no passing one. */
export function retryAfterOf(error: unknown): number | undefined {
  const { retryAfter } = error as { retryAfter?: unknown };
  return typeof retryAfter === 'number' ? retryAfter : undefined;
}

/**
 * Hands over a delivery that its sender won't repeat: tried until it is stored, or `stopped`. The listener reads nothing more meanwhile, so
 * what follows waits at the sender.
 *
 * @returns whether it was stored
 */
export async function deliverOnce(intake: Intake, delivery: Delivery, stopped: () => boolean): Promise<boolean> {
  for (;;) {
    try {
      await intake.accept(delivery);
      release(delivery.records.bytes);
      return true;
    } catch (error) {
      const seconds = retryAfterOf(error);
      if (seconds === undefined) throw error;
      if (stopped()) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.min(seconds * 1000, PAUSE)));
    }
  }
}
