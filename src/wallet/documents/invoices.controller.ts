import { Controller, Get, Headers, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces } from '@nestjs/swagger';
import { Access } from '../../http/access.ts';
import { CurrentActor, tenantOf, type Actor } from '../../http/actor.ts';
import { IdPipe } from '../../http/id.pipe.ts';
import { idPageRequest } from '../../http/lists.ts';
import { preferred } from '../../http/preferred.ts';
import { Returns } from '../../http/returns.ts';
import { idIn } from '../../kernel/ids.ts';
import { LANGUAGES } from '../../kernel/languages.ts';
import { page, type Page } from '../../kernel/pages.ts';
import { invoicePdf } from './invoice.document.ts';
import { invoiceName, invoiceView } from './invoice.views.ts';
import { InvoicesQuery, InvoiceView } from './invoices.dto.ts';
import { InvoicesService } from './invoices.service.ts';

const READERS = { merchant: 'wallet:read', staff: ['finance', 'support'] } as const;

/** Invoices and credit notes; made by themselves, never changed. */
@Controller('v1/invoices')
export class InvoicesController {
  constructor(private readonly invoices: InvoicesService) {}

  @Get()
  @Access(READERS)
  @Returns(200, InvoiceView, { list: true })
  async list(@Query() query: InvoicesQuery, @CurrentActor() actor: Actor): Promise<Page<InvoiceView>> {
    const request = idPageRequest(query);
    const filter = {
      merchantId: tenantOf(actor) ?? uuidOf('mer', query.merchant),
      ...{ kind: query.kind ?? null, orderId: uuidOf('ord', query.order) },
      ...{ from: instantOf(query.from), to: instantOf(query.to) },
    };
    return page(await this.invoices.list(filter, request), request.limit, invoiceView, ({ id }) => [id]);
  }

  @Get(':id.pdf')
  @Access(READERS)
  @ApiOperation({ summary: 'On paper, in the merchant’s language or another (Accept-Language en, fr).' })
  @ApiProduces('application/pdf')
  @Returns(200, null, { description: 'The paper.' })
  async paper(
    @Param('id', IdPipe('inv')) id: string,
    @Headers('accept-language') accepted: string | undefined,
    @CurrentActor() actor: Actor,
  ): Promise<StreamableFile> {
    const invoice = await this.invoices.get(tenantOf(actor), id);
    const bytes = await invoicePdf(invoice, preferred(accepted, [invoice.language, ...LANGUAGES]));
    const disposition = `inline; filename="${invoiceName(invoice, invoice.number)}.pdf"`;
    return new StreamableFile(bytes, { type: 'application/pdf', disposition });
  }

  @Get(':id')
  @Access(READERS)
  @Returns(200, InvoiceView)
  async get(@Param('id', IdPipe('inv')) id: string, @CurrentActor() actor: Actor): Promise<InvoiceView> {
    return invoiceView(await this.invoices.get(tenantOf(actor), id));
  }
}

function uuidOf(prefix: 'mer' | 'ord', text: string | undefined): string | null {
  return text === undefined ? null : idIn(prefix, text);
}

function instantOf(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
