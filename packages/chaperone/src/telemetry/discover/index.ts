export { type DiscoverOptions, discover } from './discover.ts';
export { openSource, type Source, type SourceInfo } from './source.ts';
