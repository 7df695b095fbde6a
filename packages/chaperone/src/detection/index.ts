export type * from './finding.ts';
export {
  type EventCursor,
  eventsOfFinding,
  type FindingCursor,
  type FindingFilter,
  getFinding,
  listFindings,
} from './findings/read-findings.ts';
export { recountFindings } from './findings/recount-findings.ts';
export { FindingsMissing, type StoredBy, storeFindings } from './findings/store-findings.ts';
export { packIndicators } from './indicators/index.ts';
export * from './indicators/live/index.ts';
export {
  type ActiveIndicators,
  activeIndicators,
  countSightings,
  type Effective,
  effectiveConfidence,
  type Feed,
  type FeedOutcome,
  type FeedProblem,
  type FeedSettings,
  importIndicators,
  type MetIndicator,
  ownWarningLists,
  type PullDeps,
  pullFeed,
  type SecretBox,
  type SightedRow,
  type StandingRow,
  type StandingRule,
  sightingBundle,
  standingOf,
} from './indicators/live/index.ts';
export { blindRules } from './live/blind-rules.ts';
export { recordId } from './live/event-id.ts';
export type { LiveException } from './live/exceptions.ts';
export { learningOf } from './live/learning.ts';
export type { JudgedBatch, LiveBatch, LiveRules, LiveSetup, LiveSource } from './live/live-batch.ts';
export { LiveEngine } from './live/live-engine.ts';
export { type LiveFinding, MOST_EVENTS } from './live/live-finding.ts';
export { type MaskRule, maskWith, openSealed, SEALED_LINE, sealWith } from './live/masking.ts';
export { unreadRow } from './live/unread-row.ts';
export { watchSources } from './live/watch-sources.ts';
export { IndicatorQuery } from './past/indicator-query.ts';
export {
  ADDED,
  CHANGED,
  keepPast,
  LISTED,
  listPast,
  nextPast,
  type PastRun,
  requestPast,
  SWITCHED_ON,
  WHOLE_FEED,
} from './past/past-runs.ts';
export { keywordsAlone, ruleCondition } from './past/rule-query.ts';
export { rulesAbout } from './past/rules-about.ts';
export { storedKinds } from './past/stored-kinds.ts';
export { ScanInputError } from './read-inputs.ts';
export {
  type CatalogueRule,
  coverageOf,
  type RulePacks,
  readRulePacks,
  ruleCatalogue,
  rulesOf,
  setRule,
  withoutOff,
} from './rule-catalogue/rule-catalogue.ts';
export { type RuleTest, testRule } from './rule-catalogue/test-rule.ts';
export { type ScanOptions, type ScanProgress, scan } from './scan.ts';
export type * from './scan-result.ts';
