export { createJudge, type Judge, type JudgeContext, type Judged, type Unanswered } from './judge.ts';
export type { JudgeTransfer } from './observations.ts';
