import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { Db } from '../../database/sql.ts';
import { FulfilmentService, type PackageRecord } from '../../fulfilment/fulfilment.service.ts';
import { plusWorkingDays } from '../../kernel/calendar.ts';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import { idOut, idOutOrNull } from '../../kernel/ids.ts';
import { PoliciesService, type Terms } from '../../policies/policies.service.ts';
import { findDecision, type DecisionRecord } from '../decision.store.ts';
import { reshipOf } from '../reshipping.ts';
import { causeOf } from './return.case.ts';
import { evidenceOfReturn, type ReturnEvidence } from './return-evidence.ts';
import type { ReturnRecord } from './return.store.ts';
import type { ReturnView } from './returns.dto.ts';

/** Returns as the API shows them, with the decision that holds and where the goods go. */
@Injectable()
export class ReturnViews {
  constructor(
    private readonly fulfilment: FulfilmentService,
    private readonly policies: PoliciesService,
    private readonly catalogue: CatalogueService,
  ) {}

  async of(db: Db, record: ReturnRecord): Promise<ReturnView> {
    const { merchantId, packageId, decisionId } = record;
    const made = decisionId === null ? null : await findDecision(db, merchantId, decisionId);
    if (made === null) throw new Error(`The return ${record.id} has no decision.`);
    const parcel = await this.fulfilment.get(db, merchantId, packageId);
    const { terms } = await this.policies.load(made.policy.id, made.policy.version);
    const { warehouses, settings } = await this.catalogue.snapshot();
    const { code, name, country } = warehouses.find((w) => w.code === parcel.warehouse) ?? {
      ...{ code: parcel.warehouse, name: parcel.warehouse, country: '' },
    };
    const { process_within_working_days: days } = terms.returns;
    const isWaiting = record.receivedAt !== null && record.endedAt === null && days !== null;
    return {
      ...plain(record, parcel, made),
      evidence: (await evidenceOfReturn(db, merchantId, record.id)).map(evidenceView),
      reship: idOutOrNull('ord', await reshipOf(db, merchantId, packageId, causeOf(record.id))),
      ...{ way_back: wayBack(record, terms), return_to: { code, name, country } },
      process_by: isWaiting ? instant(plusWorkingDays(record.receivedAt ?? record.requestedAt, days, settings)) : null,
    };
  }
}

function evidenceView({ id, kind, mediaType, bytes, sha256, at }: ReturnEvidence): ReturnView['evidence'][number] {
  return { id: idOut('evd', id), kind, media_type: mediaType, bytes, sha256, created_at: instant(at) };
}

function plain(
  record: ReturnRecord,
  { items }: PackageRecord,
  { decision, credited }: DecisionRecord,
): Omit<ReturnView, 'way_back' | 'return_to' | 'process_by' | 'reship' | 'evidence'> {
  const skuOf = (line: number): string => items.find((item) => item.line === line)?.sku ?? '';
  return {
    ...{ id: idOut('ret', record.id), order: idOut('ord', record.orderId), package: idOut('pkg', record.packageId) },
    ...{ status: record.status, type: record.type, fault: record.fault, preferred_remedy: record.preferredRemedy },
    items: record.items.map(({ line, quantity }) => ({ line, sku: skuOf(line), quantity })),
    ...{ description: record.description, asked_by: askedBy(record), return_code: record.code },
    ...{ courier: record.courier, tracking_number: record.trackingNumber, decision, inspection: record.inspection },
    ...{ expires_at: instantOrNull(record.expiresAt), refunded: credited.toJSON(), note: record.note },
    ...{ created_at: instant(record.requestedAt), authorised_at: instantOrNull(record.authorisedAt) },
    ...{ received_at: instantOrNull(record.receivedAt), ended_at: instantOrNull(record.endedAt) },
  };
}

/** `claim:clm_…`, as causes are written everywhere outside. */
function askedBy({ askedBy: by }: ReturnRecord): string {
  const [kind, id] = by.split(':');
  return kind === 'claim' && id !== undefined ? `claim:${idOut('clm', id)}` : by;
}

/** Who pays for the goods' way back. Source: policies.md, "returns": who pays the way back, per type. */
function wayBack({ type, fault }: ReturnRecord, { returns }: Terms): string {
  const { settle, buyer_at_fault: buyers } = returns;
  if (fault === 'buyer' && buyers !== null) return buyers.way_back;
  return settle[type as keyof typeof settle].way_back;
}
