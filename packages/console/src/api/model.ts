import type { z } from 'zod';
import type * as shapes from '../../../chaperone/src/api/shapes.ts';

// What the API's lists and things look like: by the very shapes that its document is made of and its answers are tested by, so that what
// changes there doesn't compile here until it is shown. Times are RFC 3339 in UTC.

type Shapes = typeof shapes;
type Of<Name extends keyof Shapes> = Shapes[Name] extends z.ZodType ? Frozen<z.output<Shapes[Name]>> : never;
/** Nothing of an answer is changed in place. */
type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export type Role = Of<'role'>;
export type Level = Of<'level'>;
export type Session = Of<'session'>;
export type Membership = Session['organizations'][number];
export type Factor = Of<'factor'>;
export type OpenSession = Of<'openSession'>;
export type Organization = Of<'organization'>;
export type ServiceStatus = Of<'serviceStatus'>;
export type Member = Of<'member'>;
export type Token = Of<'token'>;
export type AuditRecord = Of<'auditRecord'>;
export type ChainVerdict = Of<'chainVerdict'>;
export type Source = Of<'source'>;
export type SourceProblem = Of<'sourceProblem'>;
export type Binding = Of<'binding'>;
export type Volume = Of<'volume'>;
export type Shipper = Of<'shipper'>;
export type Rule = Of<'rule'>;
export type Technique = Of<'technique'>;
export type RuleTest = Of<'ruleTest'>;
export type PastRun = Of<'pastRun'>;
export type RuleDocument = Of<'ruleDocument'>;
export type Exception = Of<'exception'>;
export type Finding = Of<'finding'>;
export type FindingWithDocument = Of<'findingWithDocument'>;
export type Evidence = NonNullable<FindingWithDocument['document']['evidence']>[number];
export type StoredEvent = Of<'storedEvent'>;
export type Feed = Of<'feed'>;
export type Indicator = Of<'indicator'>;
export type Provider = Of<'provider'>;
export type RegistryProblem = Of<'registryProblem'>;
export type RegistryVersion = Of<'registryVersion'>;
export type LegalHold = Of<'legalHold'>;
export type SignInProvider = Of<'signInProvider'>;
export type ProviderTest = Of<'signInProviderTest'>;
