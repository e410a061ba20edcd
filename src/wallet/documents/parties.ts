import { Injectable } from '@nestjs/common';
import { Config } from '../../config.ts';
import type { Db } from '../../database/sql.ts';
import { MerchantContacts } from '../../http/merchant-contacts.ts';
import { idOut } from '../../kernel/ids.ts';
import { languageOf, type Language } from '../../kernel/languages.ts';
import type { Paper } from '../../print/paper.ts';
import { PAGE_MARGIN, PAGE_WIDTH } from '../../print/table.ts';

/** Between whom a document stands, as it was when it was made. */
export interface Parties {
  operator: { name: string; address: readonly string[]; taxId: string | null };
  /** Null: the document does not name it, as it is kept for longer than a person's address may be. */
  merchant: { id: string; name: string; email: string | null; country: string };
}

/** Who is named on the wallet's documents. */
@Injectable()
export class PartyBook {
  constructor(
    private readonly config: Config,
    private readonly contacts: MerchantContacts,
  ) {}

  /** @throws NotFound */
  async of(db: Db, merchantId: string): Promise<Parties> {
    const { name, email, country } = await this.contacts.contact(db, merchantId);
    const { operatorName, operatorAddress: address, operatorTaxId: taxId } = this.config;
    return {
      operator: { name: operatorName, address, taxId },
      merchant: { id: idOut('mer', merchantId), name, email, country },
    };
  }
}

/** In which a merchant is written to, where it does not say. */
export function languageFor({ merchant }: Parties): Language {
  return languageOf(merchant.country);
}

const LINE_MM = 4.5;
const SMALL = { size: 9, width: 85, lines: 1 } as const;

/**
 * The top of a document's first page: its title and the operator at the left, the merchant at the right.
 * @returns where it ends
 */
export function drawHead(paper: Paper, title: string, { operator, merchant }: Parties, language: Language): number {
  paper.text(title, PAGE_MARGIN, 15, { size: 18, bold: true, width: PAGE_WIDTH, lines: 1 });
  const country = new Intl.DisplayNames(language, { type: 'region', fallback: 'code' }).of(merchant.country);
  const left = [operator.name, ...operator.address, ...(operator.taxId === null ? [] : [operator.taxId])];
  const email = merchant.email === null ? [] : [merchant.email];
  const right = [merchant.name, country ?? merchant.country, ...email, merchant.id];
  const ends = [drawLines(paper, left, PAGE_MARGIN), drawLines(paper, right, PAGE_MARGIN + PAGE_WIDTH / 2)];
  return Math.max(...ends) + 4;
}

function drawLines(paper: Paper, lines: readonly string[], x: number): number {
  let y = 27;
  for (const [i, line] of lines.entries()) y += paper.text(line, x, y, { ...SMALL, lines: 2, bold: i === 0 });
  return y;
}

/** Lines of a name and a value below each other. @returns where they end */
export function drawFacts(paper: Paper, facts: readonly (readonly [string, string])[], y: number): number {
  for (const [i, [name, value]] of facts.entries()) {
    paper.text(name, PAGE_MARGIN, y + i * LINE_MM, { ...SMALL, width: 45, bold: true });
    paper.text(value, PAGE_MARGIN + 45, y + i * LINE_MM, { ...SMALL, width: PAGE_WIDTH - 45 });
  }
  return y + facts.length * LINE_MM;
}

/** The number at a page's foot. */
export function drawFoot(paper: Paper, text: string): void {
  paper.text(text, PAGE_MARGIN, paper.size.heightMm - 14, { size: 8, width: PAGE_WIDTH, align: 'center', lines: 1 });
}
