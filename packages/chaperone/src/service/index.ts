export { ConfigError } from './config/config-error.ts';
export type { ServiceConfig } from './config/config-schema.ts';
export { loadConfig } from './config/load-config.ts';
export { askControl } from './control/ask-control.ts';
export { createLog } from './log.ts';
export { type RunningService, startService } from './start-service.ts';
