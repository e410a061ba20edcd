import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Exports } from '../exports/exports.service.ts';
import { idPageRequest } from '../http/lists.ts';
import { MembershipsService } from './memberships.service.ts';

/** The membership and all of its periods, for exports. */
@Injectable()
export class MembershipsExports implements OnModuleInit {
  constructor(
    private readonly exports: Exports,
    private readonly memberships: MembershipsService,
  ) {}

  onModuleInit(): void {
    this.exports.register('membership', ['membership'], async (merchantId) => ({
      data: [await this.memberships.get(merchantId)],
      next_cursor: null,
    }));
    this.exports.register('membership_periods', ['membership_period'], (merchantId, query) =>
      this.memberships.periods(merchantId, idPageRequest(query)),
    );
  }
}
