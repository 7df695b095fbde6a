export type { Envelope, StructuredData } from './envelope.ts';
export { parseEnvelope } from './parse-envelope.ts';
export { syslog } from './syslog.ts';
export { wrappedSyslog } from './wrapped-syslog.ts';
