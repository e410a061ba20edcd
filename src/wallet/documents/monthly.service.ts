import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse, asMerchant } from '../../database/scope.ts';
import { inTransaction } from '../../database/transaction.ts';
import { MerchantContacts } from '../../http/merchant-contacts.ts';
import { Clock, instant, plusDays } from '../../kernel/clock.ts';
import type { Language } from '../../kernel/languages.ts';
import { LetterReaders, type LetterReader } from '../../mail/letter-readers.ts';
import { MailService, type MailAttachment } from '../../mail/mail.service.ts';
import { StatementService, type StatementOutline } from '../statement.service.ts';
import { monthAfter, monthOf, type Month } from './month.policy.ts';
import {
  advance,
  currenciesIn,
  dueMonths,
  nextDue,
  postpone,
  schedule,
  storeMonthly,
  type DueMonth,
} from './monthly.store.ts';
import { languageFor, PartyBook, type Parties } from './parties.ts';
import { statementPdf } from './statement.document.ts';
import { WORDS } from './words.ts';

/** So many at a time, so that the house's other timers come to their turn. */
const A_RUN = 20;
/** As people's preferences name it. */
const KIND = 'monthly_statement';
/** A longer one is not mailed: the merchant fetches it. */
const MOST_MAILED_ENTRIES = 10_000;

/**
 * Statements of each month, for merchants who had entries in it: made soon after its end, and mailed as PDF. They are
 * what the API answers for the month, whenever it is asked.
 */
@Injectable()
export class MonthlyStatements {
  private readonly log = new Logger('statements');

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly statements: StatementService,
    private readonly parties: PartyBook,
    private readonly contacts: MerchantContacts,
    private readonly mail: MailService,
    private readonly readers: LetterReaders,
  ) {}

  /** The first one is of the month in which the merchant came. */
  async begin(tx: EntityManager, merchantId: string, at: Date): Promise<void> {
    await schedule(tx, merchantId, monthOf(at));
  }

  nextDue(): Promise<Date | null> {
    return nextDue(asHouse(this.db));
  }

  /** One that fails is tried again a day later. @returns how many months were gone on from */
  async makeDue(now: Date): Promise<number> {
    for (let done = 0; ;) {
      const due = await dueMonths(asHouse(this.db), now, A_RUN);
      for (const one of due) done += (await this.tryMake(one, now)) ? 1 : 0;
      // a jump of the sandbox clock waits for all of them
      if (due.length === 0 || !this.clock.isSandbox) return done;
    }
  }

  private async tryMake(due: DueMonth, now: Date): Promise<boolean> {
    try {
      await this.make(due);
      return true;
    } catch (error) {
      const err = error instanceof Error ? error.message : String(error);
      this.log.error({ msg: 'a monthly statement was not made', merchant: due.merchantId, month: due.firstDay, err });
      await postpone(asHouse(this.db), due, plusDays(now, 1));
      return false;
    }
  }

  private async make(due: DueMonth): Promise<void> {
    const { merchantId } = due;
    const month = monthOf(new Date(`${due.firstDay}T00:00:00Z`));
    const parties = await this.parties.of(asMerchant(this.db, merchantId), merchantId);
    const outlines: StatementOutline[] = [];
    for (const currency of await currenciesIn(asMerchant(this.db, merchantId), merchantId, month)) {
      const period = { currency, from: instant(month.start), to: instant(month.end) };
      outlines.push(await this.statements.outline(merchantId, period));
    }
    const attachments = await this.print(outlines, parties, month);
    const { status } = await this.contacts.contact(asMerchant(this.db, merchantId), merchantId);
    const isOver = status === 'closed' && outlines.length === 0;
    await inTransaction(asMerchant(this.db, merchantId), async (tx) => {
      if (!(await advance(tx, due, isOver ? null : monthAfter(month))) || outlines.length === 0) return;
      for (const outline of outlines) await storeMonthly(tx, month, outline, this.clock.now());
      for (const reader of await this.readers.wanting(tx, merchantId, KIND)) {
        const post = letter(outlines, parties, { month, reader });
        await this.mail.post(tx, { ...post, kind: KIND, merchantId, attachments });
      }
    });
  }

  /** Outside of any transaction: drawing takes its time. */
  private async print(
    outlines: readonly StatementOutline[],
    parties: Parties,
    { name }: Month,
  ): Promise<MailAttachment[]> {
    const language = languageFor(parties);
    const mailed: MailAttachment[] = [];
    for (const outline of outlines.filter(({ entries }) => entries <= MOST_MAILED_ENTRIES)) {
      const parts: Buffer[] = [];
      const lines = this.statements.lines(outline);
      for await (const part of statementPdf({ outline, parties, language, lines })) parts.push(part);
      mailed.push({
        name: `statement-${name}-${outline.currency}.pdf`,
        type: 'application/pdf',
        bytes: Buffer.concat(parts),
      });
    }
    return mailed;
  }
}

interface Letter {
  key: string;
  to: string;
  subject: string;
  text: string;
}

function letter(
  outlines: readonly StatementOutline[],
  parties: Parties,
  { month, reader: { userId, email, language } }: { month: Month; reader: LetterReader },
): Letter {
  const { subject, greeting, hint } = LETTERS[language];
  const words = WORDS[language];
  const lines = outlines.map(({ currency, opening, closing, entries }) =>
    [
      `${currency}:`,
      `${words.opening} ${opening.amount}`,
      words.entries(entries),
      `${words.closing} ${closing.amount}`,
    ].join('  '),
  );
  return {
    key: `monthly-statement:${parties.merchant.id}:${month.name}:${userId}`,
    ...{ to: email, subject: subject(month.name, parties.operator.name) },
    text: [greeting(month.name), ...lines, hint, parties.operator.name].join('\n\n'),
  };
}

const LETTERS: Readonly<
  Record<
    Language,
    { subject: (month: string, operator: string) => string; greeting: (month: string) => string; hint: string }
  >
> = {
  en: {
    subject: (month, operator) => `Your ${operator} statement for ${month}`,
    greeting: (month) => `Here is the statement of your wallet for ${month}.`,
    hint: 'You can fetch it at any time, as JSON, CSV or PDF: GET /v1/wallet/statement. A long one as a file: POST /v1/wallet/statement-documents.',
  },
  fr: {
    subject: (month, operator) => `Votre relevé ${operator} de ${month}`,
    greeting: (month) => `Voici le relevé de votre portefeuille pour ${month}.`,
    hint: 'Il est disponible à tout moment, en JSON, CSV ou PDF : GET /v1/wallet/statement. S’il est long, en fichier : POST /v1/wallet/statement-documents.',
  },
};
