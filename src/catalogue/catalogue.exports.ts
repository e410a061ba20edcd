import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Exports } from '../exports/exports.service.ts';
import { idPageRequest } from '../http/lists.ts';
import { RestockService } from './restock.service.ts';
import { SourcingService } from './sourcing.service.ts';

/** What a merchant asked of the catalogue, for exports. */
@Injectable()
export class CatalogueExports implements OnModuleInit {
  constructor(
    private readonly exports: Exports,
    private readonly restock: RestockService,
    private readonly sourcing: SourcingService,
  ) {}

  onModuleInit(): void {
    this.exports.register('restock_requests', ['restock_request'], (merchantId, query) =>
      this.restock.list(merchantId, idPageRequest(query)),
    );
    this.exports.register('sourcing_requests', ['sourcing_request'], (merchantId, query) =>
      this.sourcing.list({ merchantId, status: undefined }, idPageRequest(query)),
    );
  }
}
