export type { Peer } from './callers.ts';
export { type Api, createApi } from './create-api.ts';
export type { ApiDeps } from './deps.ts';
export { apiDocument } from './document.ts';
