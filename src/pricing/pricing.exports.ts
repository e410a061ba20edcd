import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';

/** Quotes as they were answered, for exports. */
@Injectable()
export class PricingExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
  ) {}

  onModuleInit(): void {
    this.exports.register(
      'quotes',
      ['quote'],
      tableSection(this.db, {
        ...{ table: 'quote', key: { id: 'uuid' } },
        columns: {
          ...{ id: { id: 'id', prefix: 'quo' }, total: { minor: 'total_minor', currency: 'currency' } },
          ...{ answer: 'answer', created_at: 'created_at', expires_at: 'expires_at' },
        },
      }),
    );
  }
}
