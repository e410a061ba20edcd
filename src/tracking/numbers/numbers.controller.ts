import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import { FulfilmentService } from '../../fulfilment/fulfilment.service.ts';
import { Access } from '../../http/access.ts';
import { Returns } from '../../http/returns.ts';
import { idOut } from '../../kernel/ids.ts';
import { numberKey } from '../matching.policy.ts';
import { guess } from './guess.policy.ts';
import { GuessQuery, NumberView } from './numbers.dto.ts';

/** What can be told of a number before it is put on a package. */
@ApiTags('tracking')
@Controller('v1/tracking')
export class NumbersController {
  constructor(
    private readonly db: DataSource,
    private readonly catalogue: CatalogueService,
    private readonly fulfilment: FulfilmentService,
  ) {}

  @Get('guess')
  @Access({ staff: ['warehouse', 'support'] })
  @ApiOperation({ summary: 'Whose number it may be, by its form and check digit: a suggestion for the label.' })
  @Returns(200, NumberView)
  async guess(@Query() { number }: GuessQuery): Promise<NumberView> {
    const key = numberKey(number);
    const { couriers } = await this.catalogue.snapshot();
    const reportedBy = (source: string | null): string[] =>
      couriers
        .filter(({ code, tracking }) => code === source || tracking.some((entry) => entry.source === source))
        .map(({ code }) => code);
    const uses = await this.fulfilment.routesOf(asHouse(this.db), [key]);
    return {
      number: key,
      suggestions: guess(key).map((found) => ({ ...found, couriers: reportedBy(found.source) })),
      packages: uses.map(({ packageId, courier }) => ({ package: idOut('pkg', packageId), courier })),
    };
  }
}
