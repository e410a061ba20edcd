import type { Language } from '../../kernel/languages.ts';
import type { TransactionType } from '../ledger/chart.ts';

/** What stands on statements, invoices and credit notes, in one language. */
export interface Words {
  statement: string;
  invoice: string;
  creditNote: string;
  page: string;
  period: (from: string, to: string) => string;
  until: (to: string) => string;
  currency: string;
  opening: string;
  closing: string;
  entries: (count: number) => string;
  date: string;
  entry: string;
  description: string;
  amount: string;
  balance: string;
  total: string;
  number: string;
  issued: string;
  about: string;
  corrects: string;
  taxId: string;
  paid: string;
  credited: string;
  types: Readonly<Record<TransactionType, string>>;
}

const ENGLISH: Words = {
  statement: 'Statement',
  invoice: 'Invoice',
  creditNote: 'Credit note',
  page: 'Page',
  period: (from, to) => `${from} to ${to} (UTC)`,
  until: (to) => `until ${to} (UTC)`,
  currency: 'Currency',
  opening: 'Opening balance',
  closing: 'Closing balance',
  entries: (count) => (count === 1 ? '1 entry' : `${count} entries`),
  date: 'Date',
  entry: 'Entry and cause',
  description: 'Description',
  amount: 'Amount',
  balance: 'Balance',
  total: 'Total',
  number: 'Number',
  issued: 'Issued',
  about: 'About',
  corrects: 'Corrects invoice',
  taxId: 'Tax number',
  paid: 'Paid from the wallet.',
  credited: 'Credited to the wallet.',
  types: {
    top_up: 'Top-up',
    promotion: 'Promotional credit',
    order_charge: 'Order',
    refund: 'Refund',
    membership_fee: 'Membership',
    hold: 'Set aside',
    release: 'Released',
    payout: 'Payout',
    adjustment: 'Adjustment',
    reversal: 'Reversal',
    fee: 'Fee',
  },
};

const FRENCH: Words = {
  statement: 'Relevé',
  invoice: 'Facture',
  creditNote: 'Avoir',
  page: 'Page',
  period: (from, to) => `du ${from} au ${to} (UTC)`,
  until: (to) => `jusqu'au ${to} (UTC)`,
  currency: 'Devise',
  opening: 'Solde initial',
  closing: 'Solde final',
  entries: (count) => (count <= 1 ? `${count} écriture` : `${count} écritures`),
  date: 'Date',
  entry: 'Écriture et cause',
  description: 'Libellé',
  amount: 'Montant',
  balance: 'Solde',
  total: 'Total',
  number: 'Numéro',
  issued: 'Établie le',
  about: 'Objet',
  corrects: 'Corrige la facture',
  taxId: 'Numéro fiscal',
  paid: 'Payé par le portefeuille.',
  credited: 'Crédité sur le portefeuille.',
  types: {
    top_up: 'Rechargement',
    promotion: 'Crédit promotionnel',
    order_charge: 'Commande',
    refund: 'Remboursement',
    membership_fee: 'Abonnement',
    hold: 'Réservé',
    release: 'Libéré',
    payout: 'Versement',
    adjustment: 'Ajustement',
    reversal: 'Contre-passation',
    fee: 'Frais',
  },
};

export const WORDS: Readonly<Record<Language, Words>> = { en: ENGLISH, fr: FRENCH };
