import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';

const PACKAGE = { id: 'package_id', prefix: 'pkg' } as const;

/** Where packages go and what happened to them in the warehouse, for exports; who of its people did it stays here. */
@Injectable()
export class FulfilmentExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
  ) {}

  onModuleInit(): void {
    this.exports.register(
      'package_addresses',
      ['package_address'],
      tableSection(this.db, {
        ...{ table: 'package_address', key: { package_id: 'uuid' } },
        columns: {
          ...{ package: PACKAGE, name: 'name', company: 'company', line1: 'line1', line2: 'line2', city: 'city' },
          ...{ region: 'region', postal_code: 'postal_code', country: 'country', phone: 'phone', email: 'email' },
          erased_at: 'erased_at',
        },
      }),
    );
    this.exports.register(
      'package_steps',
      ['package_step'],
      tableSection(this.db, {
        ...{ table: 'package_step', key: { package_id: 'uuid', id: 'uuid' } },
        columns: { package: PACKAGE, step: 'step', at: 'at', detail: 'detail' },
      }),
    );
    this.exports.register(
      'interceptions',
      ['interception'],
      tableSection(this.db, {
        ...{ table: 'interception', key: { id: 'uuid' } },
        columns: {
          ...{ package: PACKAGE, cause: 'cause', requested_at: 'requested_at', answer: 'answer' },
          answered_at: 'answered_at',
        },
      }),
    );
    this.exports.register(
      'package_receipts',
      ['package_receipt'],
      tableSection(this.db, {
        ...{ table: 'package_receipt', key: { package_id: 'uuid', cause: 'text' } },
        columns: {
          ...{ package: PACKAGE, unopened: 'unopened', original_label: 'original_label', condition: 'condition' },
          ...{ note: 'note', restocked: 'restocked', received_at: 'received_at' },
        },
      }),
    );
  }
}
