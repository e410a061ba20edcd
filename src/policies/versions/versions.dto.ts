import { AnyJson, AnyObject, Id, InstantField, Int, List, Nested, Text, TextList } from '../../http/fields.ts';
import { LANGUAGES } from '../deciding/terms.policy.ts';

const CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;
const SAYS = 'A policy’s code is lower case letters, digits and dashes, 64 at the most.';

/**
 * What a policy shall say otherwise: any part of the terms, by itself or under `terms`. Objects are changed member by
 * member; a list, `reply_within` and `administration_fee` as a whole.
 */
export class TermsBody {
  @AnyObject({ optional: true, description: 'All or part of the terms, as /v1/policies/schema describes them.' })
  terms?: object;

  @TextList({ optional: true, choices: LANGUAGES, description: 'In which languages the page stands; en always.' })
  languages?: string[];

  @AnyObject({ optional: true, description: 'By language.' })
  title?: object;

  @AnyObject({ optional: true, description: 'By language.' })
  summary?: object;

  @AnyObject({ optional: true })
  cancellation?: object;

  @AnyObject({ optional: true })
  address_change?: object;

  @AnyObject({ optional: true })
  tracking?: object;

  @AnyObject({ optional: true, description: 'By claim type.' })
  claims?: object;

  @AnyObject({ optional: true })
  all_claims?: object;

  @AnyObject({ optional: true })
  returns?: object;

  @AnyObject({ optional: true })
  refund?: object;

  @AnyObject({ optional: true })
  settlement?: object;
}

export class NewPolicyBody extends TermsBody {
  @Text({ max: 64, pattern: CODE, says: SAYS, example: 'no-fuss' })
  id: string;

  @Text({ max: 64, example: 'courier-proof', description: 'The policy to copy, in its version in force.' })
  based_on: string;
}

export class DraftBody extends TermsBody {
  @Text({ optional: true, max: 64, description: 'May be named, as the terms of GET name it; it cannot be changed.' })
  id?: string;
}

export class PublishBody {
  @Text({ optional: true, max: 500, description: 'Why: it stands in the history.' })
  note?: string;
}

export class VersionNameView {
  @Text({ example: 'courier-proof' })
  id: string;

  @Int({ min: 1 })
  version: number;
}

export class DifferenceView {
  @Text({ example: '/tracking/late_after_days', description: 'Into the terms.' })
  pointer: string;

  @AnyJson({ optional: true, example: 20, description: 'Missing where it was not said.' })
  from?: unknown;

  @AnyJson({ optional: true, example: 10, description: 'Missing where it is not said.' })
  to?: unknown;
}

export class DraftView {
  @Text({ example: 'no-fuss' })
  id: string;

  @Nested(() => VersionNameView, { description: 'The version that it was begun from.' })
  based_on: VersionNameView;

  @Text()
  title: string;

  @Text({ max: 1000 })
  summary: string;

  @TextList({ choices: LANGUAGES })
  languages: string[];

  @AnyObject({ description: 'All parameters, as they would be published.' })
  terms: object;

  @List(() => DifferenceView, { description: 'Against the version in force, or the copied one where there is none.' })
  changes: DifferenceView[];

  @Id('usr')
  updated_by: string;

  @InstantField()
  updated_at: string;
}

/** One version in a policy's history. */
export class VersionView {
  @Int({ min: 1 })
  version: number;

  @InstantField()
  published_at: string;

  @Id('usr', { nullable: true, description: 'Null: it shipped with the product. Merchants do not see who it was.' })
  published_by: string | null;

  @Text({ nullable: true, max: 500 })
  note: string | null;
}

export class DiffQuery {
  @Text({ optional: true, max: 10, description: 'A version’s number; the one before `to` where nothing is said.' })
  from?: string;

  @Text({
    optional: true,
    max: 10,
    description: 'A version’s number, or `draft` (staff); the one in force by default.',
  })
  to?: string;
}

class WordsView {
  @Text({ max: 1000 })
  text: string;

  @Text({ max: 1000 })
  effect: string;
}

export class ClauseDifferenceView {
  @Text({ example: 'courier-proof/tracking/late' })
  id: string;

  @Nested(() => WordsView, { nullable: true })
  from: WordsView | null;

  @Nested(() => WordsView, { nullable: true })
  to: WordsView | null;
}

/** What changed between two versions: the parameters, and the rules that read differently. */
export class DiffView {
  @Text({ example: 'courier-proof' })
  id: string;

  @Text({ example: '1', description: 'A version’s number, or `no-fuss@1` of the policy that it was copied from.' })
  from: string;

  @Text({ example: 'draft' })
  to: string;

  @List(() => DifferenceView)
  changes: DifferenceView[];

  @List(() => ClauseDifferenceView)
  clauses: ClauseDifferenceView[];
}
