import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { one } from '../database/sql.ts';
import { DomainError } from '../kernel/errors.ts';
import { Access } from './access.ts';
import { Choice } from './fields.ts';
import { Unlimited } from './limits.ts';
import { Readiness } from './readiness.ts';
import { Returns } from './returns.ts';

class NotReady extends DomainError {
  readonly code = 'not_ready';
  readonly kind = 'unavailable';
}

class HealthView {
  @Choice(['live', 'ready'])
  status: string;
}

@ApiTags('ops')
@Controller('health')
export class HealthController {
  constructor(
    private readonly db: DataSource,
    private readonly readiness: Readiness,
  ) {}

  /** The process runs; never asks the database. */
  @Get('live')
  @Access({ public: true })
  @Unlimited()
  @Returns(200, HealthView)
  live(): HealthView {
    return { status: 'live' };
  }

  /** 200 only when a request would succeed: the start is done, no stop has begun, the database answers and takes writes. */
  @Get('ready')
  @Access({ public: true })
  @Unlimited()
  @Returns(200, HealthView)
  async ready(): Promise<HealthView> {
    if (!this.readiness.isReady) throw new NotReady('The service is starting or stopping.');
    const found = await one<{ reads: string }>(
      asHouse(this.db),
      `SELECT current_setting('transaction_read_only') AS reads`,
    );
    if (found?.reads !== 'off') throw new NotReady('The database takes no writes now.'); // a standby before its promotion
    return { status: 'ready' };
  }
}
