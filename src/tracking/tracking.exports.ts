import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exports } from '../exports/exports.service.ts';
import { tableSection } from '../exports/table-section.ts';

/** What couriers said of a merchant's packages, for exports. */
@Injectable()
export class TrackingExports implements OnModuleInit {
  constructor(
    private readonly db: DataSource,
    private readonly exports: Exports,
  ) {}

  onModuleInit(): void {
    this.exports.register(
      'tracking_events',
      ['tracking_event'],
      tableSection(this.db, {
        ...{ table: 'tracking_event', key: { package_id: 'uuid', id: 'uuid' } },
        where: 'package_id IS NOT NULL',
        columns: {
          ...{ package: { id: 'package_id', prefix: 'pkg' }, source: 'source', tracking_number: 'number' },
          ...{ status: 'status', reason: 'reason', direction: 'direction', code: 'code', description: 'description' },
          ...{ location: 'place', time_raw: 'time_raw', occurred_at: 'occurred_at', received_at: 'received_at' },
        },
      }),
    );
  }
}
