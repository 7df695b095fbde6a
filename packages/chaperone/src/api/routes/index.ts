import type { Routes } from '../define.ts';
import { exceptionRoutes } from './exceptions.ts';
import { findingRoutes } from './findings.ts';
import { indicatorRoutes } from './indicators.ts';
import { legalHoldRoutes } from './legal-holds.ts';
import { liveRoutes } from './live.ts';
import { organizationRoutes } from './organization.ts';
import { otherSignInRoutes } from './other-sign-in.ts';
import { registryRoutes } from './registry.ts';
import { ruleDocumentRoutes } from './rule-documents.ts';
import { ruleRoutes } from './rules.ts';
import { signInRoutes } from './sign-in.ts';
import { sourceCredentialRoutes } from './source-credentials.ts';
import { sourceRoutes } from './sources.ts';
import { trailRoutes } from './trail.ts';

/** Declares every route, subject by subject. */
export function addRoutes(routes: Routes): void {
  for (const add of [
    signInRoutes,
    otherSignInRoutes,
    organizationRoutes,
    trailRoutes,
    sourceRoutes,
    sourceCredentialRoutes,
    ruleRoutes,
    ruleDocumentRoutes,
    exceptionRoutes,
    findingRoutes,
    indicatorRoutes,
    registryRoutes,
    legalHoldRoutes,
    liveRoutes,
  ])
    add(routes);
}
