import { Choice, Flag, Id, InstantField, Int, List, Nested, Text, TextList } from '../../http/fields.ts';
import { ListQuery } from '../../http/lists.ts';
import { PackageView, packageView } from '../../fulfilment/fulfilment.service.ts';
import { instant } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { ReturnView } from '../returns/returns.dto.ts';
import { isToBeStopped, type Scanned } from './scanning.ts';
import type { UnannouncedParcel } from './unannounced.store.ts';

const KINDS = ['package', 'order', 'return', 'variant'] as const;
const CONDITIONS = ['original', 'used', 'damaged', 'missing'] as const;

class StepView {
  @Text({ example: 'pack' }) action: string;
  @Choice(['GET', 'POST']) method: string;
  @Text({ example: '/v1/packages/pkg_…/pack' }) path: string;
}

class ScannedVariantView {
  @Text() sku: string;
  @Text() title: string;
  @Int() weight_g: number;
  @TextList() handling: string[];
  @Flag() quality_check: boolean;
}

/** What a code is, and what can be done with it. */
export class ScanView {
  @Text() code: string;
  @Choice(KINDS) kind: string;
  @Text({ description: 'Of a variant its SKU.' }) id: string;
  @Text({ description: 'A sentence for whoever holds the scanner.' }) says: string;
  @Flag({ description: 'Somebody has asked to stop it: answer that first.' }) stop: boolean;
  @List(() => StepView) can: StepView[];
  @List(() => PackageView, { description: 'The package, those of the order, or the one that a return is of.' })
  packages: PackageView[];
  @Nested(() => ReturnView, { nullable: true }) return: ReturnView | null;
  @Nested(() => ScannedVariantView, { nullable: true }) variant: ScannedVariantView | null;
}

export function scanView(code: string, scanned: Scanned, shown: ReturnView | null): ScanView {
  const packages = scanned.kind === 'variant' ? [] : scanned.packages;
  const { id, kind, says, can } = scanned;
  return {
    ...{ code, kind, id, says, stop: packages.some(isToBeStopped), can },
    ...{ packages: packages.map((parcel) => packageView(parcel)), return: shown, variant: variantView(scanned) },
  };
}

function variantView(scanned: Scanned): ScannedVariantView | null {
  if (scanned.kind !== 'variant') return null;
  const { sku, title, weightG, handling, qualityCheck } = scanned.variant;
  return { sku, title, weight_g: weightG, handling: [...handling], quality_check: qualityCheck };
}

export class UnannouncedBody {
  @Text({ optional: true, max: 200, description: 'Whatever can be scanned or read on it.' })
  code?: string;

  @Text({ optional: true, max: 64, description: "A warehouse's code." })
  warehouse?: string;

  @Text({ optional: true, max: 500, description: 'Who sent it, as its label says.' })
  sender?: string;

  @Choice(CONDITIONS, { optional: true })
  condition?: string;

  @Flag({ optional: true })
  unopened?: boolean;

  @Text({ optional: true, max: 4000 })
  note?: string;
}

export class UnannouncedQuery extends ListQuery {
  @Text({ optional: true, max: 200 })
  code?: string;
}

class AboutView {
  @Choice(KINDS) kind: string;
  @Text() id: string;
}

export class UnannouncedView {
  @Id('rec') id: string;
  @Text({ nullable: true }) code: string | null;
  @Nested(() => AboutView, { nullable: true, description: 'What the code leads to; null: nothing that is known.' })
  about: AboutView | null;
  @List(() => StepView, {
    optional: true,
    description: 'What to do with it instead, where the code leads to something.',
  })
  can?: StepView[];
  @Text({ nullable: true }) warehouse: string | null;
  @Text({ nullable: true }) sender: string | null;
  @Choice(CONDITIONS, { nullable: true }) condition: string | null;
  @Flag({ nullable: true }) unopened: boolean | null;
  @Text({ nullable: true }) note: string | null;
  @Flag({ description: 'There is a photo: GET …/photo.' }) has_photo: boolean;
  @InstantField() received_at: string;
}

export function unannouncedView(parcel: UnannouncedParcel): UnannouncedView {
  const { code, aboutKind, aboutId, warehouse, sender, condition, unopened, note } = parcel;
  const about = aboutKind === null || aboutId === null ? null : { kind: aboutKind, id: aboutId };
  return {
    ...{ id: idOut('rec', parcel.id), code, about, warehouse, sender, condition, unopened, note },
    ...{ has_photo: parcel.photoSha256 !== null, received_at: instant(parcel.receivedAt) },
  };
}
