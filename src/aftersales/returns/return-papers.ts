import { Injectable } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { Db } from '../../database/sql.ts';
import { FulfilmentService } from '../../fulfilment/fulfilment.service.ts';
import { idOut } from '../../kernel/ids.ts';
import { ReturnNotAuthorised } from '../aftersales.errors.ts';
import { returnLabelDocument } from './return-label.document.ts';
import { isAwaited } from './return.machine.ts';
import type { ReturnRecord } from './return.store.ts';

/** The papers of a return. */
@Injectable()
export class ReturnPapers {
  constructor(
    private readonly fulfilment: FulfilmentService,
    private readonly catalogue: CatalogueService,
  ) {}

  /** @throws ReturnNotAuthorised it has no code, or one that is worth nothing any more */
  async label(db: Db, record: ReturnRecord): Promise<Buffer> {
    const { merchantId, packageId, code, authorisedAt, status, expiresAt } = record;
    if (code === null || authorisedAt === null || !isAwaited(status)) throw new ReturnNotAuthorised(status);
    const parcel = await this.fulfilment.get(db, merchantId, packageId);
    const { warehouses } = await this.catalogue.snapshot();
    const { name, country } = warehouses.find((w) => w.code === parcel.warehouse) ?? {
      ...{ name: parcel.warehouse, country: '' },
    };
    return returnLabelDocument({
      ...{ code, authorisedAt, expiresAt, to: { name, country }, warehouse: parcel.warehouse },
      ...{ returnId: idOut('ret', record.id), orderReference: parcel.orderReference },
      items: record.items.map(({ line, quantity }) => {
        const { title = '', sku = '' } = parcel.items.find((item) => item.line === line) ?? {};
        return { title, sku, quantity };
      }),
    });
  }
}
