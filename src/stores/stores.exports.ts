import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config.ts';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';
import { idPageRequest } from '../http/lists.ts';
import { page } from '../kernel/pages.ts';
import { storeView } from './stores.dto.ts';
import { StoresService } from './stores.service.ts';

/** Connected stores without their secrets, what they sent, and what was told to them, for exports. */
@Injectable()
export class StoresExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly exports: Exports,
    private readonly stores: StoresService,
  ) {}

  onModuleInit(): void {
    const store = { id: 'store_id', prefix: 'sto' } as const;
    this.exports.register('stores', ['store'], async (merchantId, query) => {
      const request = idPageRequest(query);
      const found = await this.stores.list(merchantId, request);
      return page(
        found,
        request.limit,
        (one) => storeView(one, this.config.publicUrl),
        ({ id }) => [id],
      );
    });
    this.exports.register(
      'store_skus',
      ['store_sku'],
      tableSection(this.db, {
        ...{ table: 'store_sku', key: { store_id: 'uuid', store_sku: 'text' } },
        columns: { store, store_sku: 'store_sku', sku: 'sku', quantity: 'quantity' },
      }),
    );
    this.exports.register(
      'store_orders',
      ['store_order'],
      tableSection(this.db, {
        ...{ table: 'store_order', key: { id: 'uuid' } },
        columns: {
          ...{ id: { id: 'id', prefix: 'sor' }, store, external_id: 'external_id', name: 'name', status: 'status' },
          ...{ reason: 'reason', detail: 'detail', draft: 'draft', order: { id: 'order_id', prefix: 'ord' } },
          received_at: 'received_at',
        },
      }),
    );
    this.exports.register(
      'store_dispatches',
      ['store_dispatch'],
      tableSection(this.db, {
        ...{ table: 'store_dispatch', key: { package_id: 'uuid' } },
        columns: {
          ...{ package: { id: 'package_id', prefix: 'pkg' }, store_order: { id: 'store_order_id', prefix: 'sor' } },
          ...{ status: 'status', courier: 'courier', tracking_number: 'tracking_number', told_at: 'told_at' },
        },
      }),
    );
  }
}
