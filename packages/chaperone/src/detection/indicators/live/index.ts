export { type ActiveIndicators, activeIndicators, type StandingRow, standingOf } from './active-indicators.ts';
export { type Effective, effectiveConfidence, type Standing, type StandingRule } from './effective-confidence.ts';
export type * from './feed-record.ts';
export {
  type FeedOutcome,
  type FeedSettings,
  importIndicators,
  type PullDeps,
  pullFeed,
  type SecretBox,
} from './pull-feed.ts';
export { countSightings, type MetIndicator, type SightedRow, sightingBundle } from './sightings.ts';
export type { Feed, StoredIndicators } from './store-indicators.ts';
export { ownWarningLists, type WarningLists } from './warning-lists.ts';
