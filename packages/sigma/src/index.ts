export type * from './ast.ts';
export { type EventAccess, lookup, objectAccess } from './event.ts';
