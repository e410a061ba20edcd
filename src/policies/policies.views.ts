import { instant } from '../kernel/clock.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import { clauseOf, sectionsOf } from './deciding/clauses.policy.ts';
import type { Language, Terms } from './deciding/terms.policy.ts';
import type { PolicySummaryView, PolicyView } from './policies.dto.ts';
import type { PolicyVersion } from './policies.service.ts';
import { differences } from './versions/differences.policy.ts';
import type { PolicyDraft } from './versions/drafts.service.ts';
import type { DraftView, VersionView } from './versions/versions.dto.ts';

/** A view's fields, without its class. */
type Plain<View> = { [Field in keyof View]: View[Field] };

function heading(
  { title, summary, languages }: Terms,
  asked: Language,
): Pick<Plain<DraftView>, 'title' | 'summary' | 'languages'> {
  return { title: title[asked] ?? title.en, summary: summary[asked] ?? summary.en, languages };
}

export function summaryView(
  { id, version, terms, publishedAt }: PolicyVersion,
  asked: Language,
): Plain<PolicySummaryView> {
  return { id, version, ...heading(terms, asked), published_at: instant(publishedAt) };
}

export function policyView(version: PolicyVersion, language: Language): Plain<PolicyView> {
  const { terms } = version;
  const sections = sectionsOf(terms).map(({ name, keys }) => ({
    name,
    clauses: keys.map((key) => clauseOf(terms, key, language)),
  }));
  return { ...summaryView(version, language), terms, sections };
}

/** @param before what its changes are told against */
export function draftView(draft: PolicyDraft, before: Terms, language: Language): Plain<DraftView> {
  const { id, basedOn, terms, updatedBy, updatedAt } = draft;
  return {
    ...{ id, based_on: basedOn, ...heading(terms, language), terms },
    changes: differences(before, terms).filter(({ pointer }) => pointer !== '/id'),
    updated_by: idOut('usr', updatedBy),
    updated_at: instant(updatedAt),
  };
}

/** @param whole with who published it, which is for staff */
export function versionView(
  { version, publishedAt, publishedBy, note }: PolicyVersion,
  whole: boolean,
): Plain<VersionView> {
  const by = whole ? publishedBy : null;
  return { version, published_at: instant(publishedAt), published_by: idOutOrNull('usr', by), note };
}
