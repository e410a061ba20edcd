/** The parts of the API's answers that the story reads. */
export interface MoneyShape {
  amount: string;
  currency: string;
}

export interface PackageShape {
  id: string;
  status: string;
  courier_status: string | null;
  warehouse: string;
  items: { line: number; sku: string; quantity: number }[];
  why: string[];
  courier: string;
  service: string;
  tracking_number: string | null;
  shipping_paid: MoneyShape;
  refunded: MoneyShape;
}

export interface OrderShape {
  id: string;
  reference: string;
  status: string;
  items: { sku: string; title: string; quantity: number; paid: MoneyShape }[];
  shipping_paid: MoneyShape;
  discount: MoneyShape;
  total: MoneyShape;
  packages: PackageShape[];
}

export interface QuoteShape {
  id: string;
  total: MoneyShape;
  packages: { warehouse: string; items: { sku: string; quantity: number }[]; why: string[] }[];
}

export interface TransactionShape {
  id: string;
  type: string;
  amount: MoneyShape;
  balance_after: MoneyShape;
  cause: { type: string; id: string };
  created_at: string;
}

export interface StatementShape {
  opening: MoneyShape;
  lines: TransactionShape[];
  closing: MoneyShape;
}

export interface DecisionShape {
  outcome: string;
  refund: MoneyShape | null;
  clauses: { id: string; text: string; effect: string }[];
}

export interface MembershipShape {
  plan: string;
  next_charge: { at: string; amount: MoneyShape } | null;
}

export const show = ({ amount, currency }: MoneyShape): string => `${amount} ${currency}`;
