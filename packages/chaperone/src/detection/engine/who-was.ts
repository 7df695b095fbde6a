import type { Attribution } from '../../registry/index.ts';
import type { CorrelationInput } from './judgement.ts';

/** Looks up who was behind an event that fed a correlation. */
export type WhoWas = (input: CorrelationInput) => Attribution | undefined;
