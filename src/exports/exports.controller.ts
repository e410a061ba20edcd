import { Body, Controller, Post, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { asCaller } from '../database/scope.ts';
import { Access } from '../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../http/actor.ts';
import { TakesTime } from '../http/deadline.ts';
import { Id } from '../http/fields.ts';
import { AtMost } from '../http/limits.ts';
import { Returns } from '../http/returns.ts';
import { invalidField, NotFound } from '../kernel/errors.ts';
import { idIn } from '../kernel/ids.ts';
import { MerchantContacts } from '../http/merchant-contacts.ts';
import { DataSource } from 'typeorm';
import { Exports } from './exports.service.ts';

/** Each reads everything that is kept of a merchant. */
const EXPORTS_A_MINUTE = 5;

export class ExportBody {
  @Id('mer', { optional: true, description: 'Whose, for staff; a merchant gets its own.' }) merchant?: string;
}

@ApiTags('exports')
@Controller('v1/exports')
export class ExportsController {
  constructor(
    private readonly db: DataSource,
    private readonly contacts: MerchantContacts,
    private readonly exports: Exports,
  ) {}

  /** Everything that is kept of a merchant, as a ZIP of JSON and CSV files. */
  @TakesTime()
  @Post()
  @Access({ merchant: 'account:write', staff: ['support'] })
  @AtMost(EXPORTS_A_MINUTE, 'exports')
  @ApiProduces('application/zip')
  @Returns(200, null, { description: 'A ZIP file.' })
  async make(@Body() { merchant }: ExportBody, @CurrentActor() actor: Actor): Promise<StreamableFile> {
    const named = merchant === undefined ? null : idIn('mer', merchant);
    const own = tenantOf(actor);
    if (own === null && named === null) throw invalidField('/merchant', 'required', 'Say whose data.');
    if (own !== null && named !== null && named !== own) throw new NotFound('merchant');
    const merchantId = own ?? named ?? '';
    await this.contacts.contact(asCaller(this.db, tenantOf(actor)), merchantId);
    return new StreamableFile(this.exports.zip(merchantId), {
      type: 'application/zip',
      disposition: 'attachment; filename="waybill-export.zip"',
    });
  }
}
