import { Controller, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../http/access.ts';
import type { Answer } from '../http/answer.ts';
import { CurrentCall, type Call } from '../http/call.ts';
import { Commands } from '../http/commands.ts';
import { TakesTime } from '../http/deadline.ts';
import { RawBody, TakesCsv } from '../http/raw.ts';
import { Returns } from '../http/returns.ts';
import { IMPORT_BYTES, ImportQuery, importView, ImportView } from '../imports/imports.dto.ts';
import { OrderImports } from './order-imports.ts';

@ApiTags('imports')
@Controller('v1/imports/orders')
export class OrderImportsController {
  constructor(
    private readonly imports: OrderImports,
    private readonly commands: Commands,
  ) {}

  /**
   * Orders as a CSV file, a row a line: columns reference, sku, quantity, currency, ship_to_name, line1, city, country,
   * and where they are given company, line2, region, postal_code, phone, email, service. Shopify's own export of orders
   * is read as it is: what was cancelled, refunded or sent by the store is passed over, what the buyer has not paid is
   * refused. The same file again changes nothing.
   */
  @TakesTime()
  @Post()
  @Access({ merchant: 'orders:write' })
  @TakesCsv(IMPORT_BYTES)
  @Returns(200, ImportView)
  async run(@RawBody() csv: Buffer, @Query() query: ImportQuery, @CurrentCall() call: Call): Promise<Answer> {
    const record = await this.imports.run(call.actor, csv, query.dry_run ?? false);
    return this.commands.run(call, () => Promise.resolve(importView(record)));
  }
}
