export { FetchFailure, type FetchFailureCode } from './fetch-failure.ts';
export { type FetchLikeRequest, fetchGuarded } from './fetch-like.ts';
export type { Fetched, FetchOptions } from './guarded-fetch.ts';
export { type Patience, patientFetch } from './patient-fetch.ts';
