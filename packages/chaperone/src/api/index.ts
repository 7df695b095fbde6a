export { type Api, createApi } from './create-api.ts';
export type { ApiDeps } from './deps.ts';
