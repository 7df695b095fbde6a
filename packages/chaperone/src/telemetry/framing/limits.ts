/** What one record may cost. */
export interface FramingLimits {
  /** bytes of one record; a longer one is reported with its place and skipped without being held */
  readonly maxRecord: number;
  /** objects and arrays inside each other, elements inside each other */
  readonly maxDepth: number;
}

export const FRAMING_LIMITS: FramingLimits = { maxRecord: 16 * 1024 * 1024, maxDepth: 256 };
