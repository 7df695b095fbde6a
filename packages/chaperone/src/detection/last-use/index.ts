export { lastUse } from './last-use.ts';
