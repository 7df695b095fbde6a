export { createPlan, type Plan, type PlanOptions, type PlanStats } from './plan.ts';
export type { ViewStats } from './rule-view.ts';
