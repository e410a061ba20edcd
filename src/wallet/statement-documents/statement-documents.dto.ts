import { Choice, Currency, Id, InstantField, Int, MoneyBody, MoneyField, Text } from '../../http/fields.ts';
import { LANGUAGES } from '../../kernel/languages.ts';
import { StatementQuery } from '../wallet.dto.ts';

export const FORMS = ['pdf', 'csv'] as const;
export const DOCUMENT_STATUSES = ['queued', 'running', 'done', 'failed'] as const;

export class StatementDocumentBody extends StatementQuery {
  @Choice(FORMS, { optional: true, description: 'pdf where nothing is said.' }) format?: (typeof FORMS)[number];
  @Choice(LANGUAGES, { optional: true, description: 'Of a PDF; your country’s where nothing is said.' })
  language?: (typeof LANGUAGES)[number];
}

/** A statement that is drawn in the background. Ask again until it is done, then fetch its file. */
export class StatementDocumentView {
  @Id('doc') id: string;
  @Choice(DOCUMENT_STATUSES) status: string;
  @Choice(FORMS) format: string;
  @Choice(LANGUAGES) language: string;
  @Currency() currency: string;
  @InstantField({ nullable: true, description: 'As asked, else the first entry.' }) from: string | null;
  @InstantField() to: string;
  @MoneyField() opening: MoneyBody;
  @MoneyField() closing: MoneyBody;
  @Int({ description: 'Lines that were drawn.' }) lines_done: number;
  @Int({ description: 'Entries of the period when it was asked for; later ones do not belong to it.' })
  lines_total: number;
  @Text({ nullable: true, description: 'Where the file is fetched, once it is done.' }) file: string | null;
  @Int({ nullable: true, description: 'Of the file, in bytes.', max: Number.MAX_SAFE_INTEGER }) size: number | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true }) finished_at: string | null;
  @InstantField({ description: 'Then it is erased, and can be asked for again.' }) kept_until: string;
}
