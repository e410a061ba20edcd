import { readWords } from '../../../test/support/pdf.ts';
import { Money } from '../../kernel/money.ts';
import type { Language } from '../../kernel/languages.ts';
import type { StatementOutline } from '../statement.service.ts';
import type { TransactionView } from '../wallet.dto.ts';
import type { Parties } from './parties.ts';
import { statementPdf } from './statement.document.ts';

const parties: Parties = {
  operator: { name: 'Kade Fulfilment', address: ['Kade 1', '3011 AB Rotterdam'], taxId: 'NL001234567B01' },
  merchant: { id: 'mer_01h2', name: 'Lümen & Söhne', email: 'owner@lumen.example', country: 'FR' },
};

/** A line a minute: a top-up of 100.00, then orders of 0.01. */
function line(n: number): TransactionView {
  const amount = n === 0 ? Money.parse('1000.00', 'USD') : Money.parse('-0.01', 'USD');
  const after = Money.ofMinor(100_000n - BigInt(n), 'USD');
  return {
    ...{ id: `jnl_${n}`, type: n === 0 ? 'top_up' : 'order_charge', amount: amount.toJSON() },
    ...{ balance_after: after.toJSON(), bucket_changes: [], cause: { type: 'order', id: `ord_${n}` } },
    explanation: [{ text: `1 x Brass lamp number ${n} (LAMP-${n})`, amount: amount.toJSON() }],
    created_at: new Date(Date.UTC(2026, 4, 1) + n * 60_000).toISOString(),
  };
}

function outlineOf(entries: number): StatementOutline {
  return {
    ...{
      merchantId: 'm',
      currency: 'USD',
      start: new Date('2026-05-01T00:00:00Z'),
      to: new Date('2026-05-31T23:59:59.999Z'),
    },
    ...{ opening: Money.zero('USD'), closing: Money.ofMinor(100_000n - BigInt(entries - 1), 'USD') },
    ...{ entries, first: '1', last: String(entries) },
  };
}

const MANY = 2_500;

interface Flow {
  /** Lines that were read. */
  read: number;
}

async function* lines(entries: number, flow: Flow): AsyncGenerator<TransactionView[], void, undefined> {
  for (let n = 0; n < entries; n += 100) {
    const part = Array.from({ length: Math.min(100, entries - n) }, (_, i) => line(n + i));
    flow.read += part.length;
    yield await Promise.resolve(part);
  }
}

async function made(entries: number, language: Language = 'en'): Promise<Buffer> {
  const parts: Buffer[] = [];
  const flow = { read: 0 };
  const paper = { outline: outlineOf(entries), parties, language, lines: lines(entries, flow) };
  for await (const part of statementPdf(paper)) parts.push(part);
  return Buffer.concat(parts);
}

describe('a statement on paper', () => {
  it('names both parties, the period, the opening, every line with its cause, the closing, and its pages', async () => {
    const pages = await readWords(await made(60));
    const text = pages.join('\n');
    for (const part of [
      'Kade Fulfilment',
      '3011 AB Rotterdam',
      'NL001234567B01',
      'Lümen & Söhne',
      'France',
      'mer_01h2',
    ]) {
      expect(pages[0]).toContain(part);
    }
    expect(pages[0]).toContain('2026-05-01 00:00 to 2026-05-31 23:59 (UTC)');
    expect(pages[0]).toMatch(/Opening balance\s*0\.00 USD/);
    for (let n = 0; n < 60; n += 1) {
      expect(text).toContain(`(LAMP-${n})`);
      expect(text).toContain(`ord_${n}`);
      expect(text).toContain(line(n).balance_after.amount);
    }
    expect(pages.at(-1)).toContain('Closing balance: 999.41 USD');
    expect(pages.at(-1)).toContain('60 entries');
    expect(pages.length).toBeGreaterThan(1);
    for (const [i, page] of pages.entries()) expect(page).toContain(`Page ${i + 1}`);
  });

  it('speaks French', async () => {
    const [page] = await readWords(await made(2, 'fr'));
    for (const part of [
      'Relevé',
      'Solde initial',
      'Écriture et cause',
      'Commande',
      'Solde final: 999.99 USD',
      '2 écritures',
    ]) {
      expect(page).toContain(part);
    }
  });

  it('of nothing has no line, and is the same bytes whenever it is asked', async () => {
    const [page] = await readWords(await made(0));
    expect(page).toContain('0 entries');
    expect((await made(5)).equals(await made(5))).toBe(true);
  });

  it('of thousands of lines leaves page by page, few lines ahead of who takes it', async () => {
    const flow = { read: 0 };
    const parts: Buffer[] = [];
    const paper = { outline: outlineOf(MANY), parties, language: 'en' as const, lines: lines(MANY, flow) };
    let behind = 0;
    for await (const part of statementPdf(paper)) {
      parts.push(part);
      // what was read since the last part was taken
      if (parts.length > 1) expect(flow.read - behind).toBeLessThanOrEqual(200);
      behind = flow.read;
    }
    expect(flow.read).toBe(MANY);
    expect(parts.length).toBeGreaterThan(20);
    const largest = Math.max(...parts.map(({ length }) => length));
    expect(largest).toBeLessThan(Buffer.concat(parts).length / 3);
    const pages = await readWords(Buffer.concat(parts));
    expect(pages.length).toBeGreaterThan(70);
    expect(pages.at(-1)).toContain(`Closing balance: ${outlineOf(MANY).closing.toString()}`);
  });
});
