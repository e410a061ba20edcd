import { CASH, CONTRA, FIRST_LOT, isBucket } from './chart.ts';
import { accountKey, type AccountState, type JournalRecord, type PostingRecord } from './records.ts';
import { giveBackOrder, spendOrder, type Lot, type Take } from './spend-order.policy.ts';

interface Share extends Take {
  refunded: bigint;
}

interface ChargeState {
  currency: string;
  contra: number;
  amount: bigint;
  refunded: bigint;
  drawn: bigint;
  settled: bigint;
  shares: Share[];
}

interface RefundState {
  charge: bigint;
  packageId: string | null;
  causeKind: string;
  amount: bigint;
}

interface HoldState {
  currency: string;
  contra: number;
  amount: bigint;
  captured: bigint;
  released: bigint;
}

interface Facts {
  lot?: number;
  rank?: number;
  expires_us?: string | null;
  pays_for?: string[];
  package?: string | null;
  cause_kind?: string;
  paid_minor?: string | null;
  /** A lapse before its time: the account closes. */
  forfeited?: boolean;
}

type Terms = Omit<Lot, 'account' | 'posted'>;

const same = (a: readonly Take[], b: readonly Take[]): boolean =>
  a.length === b.length && a.every((take, i) => take.account === b[i]?.account && take.amount === b[i].amount);

const total = (postings: readonly PostingRecord[]): bigint => postings.reduce((sum, p) => sum + p.amount, 0n);

/** What each verb may do, and the sums that the ledger keeps of it, recomputed from the journals alone. */
export class VerbRules {
  readonly lots = new Map<string, Terms>();
  private readonly charges = new Map<bigint, ChargeState>();
  private readonly refunds = new Map<bigint, RefundState>();
  private readonly holds = new Map<bigint, HoldState>();
  private readonly journals = new Map<bigint, { verb: string; postings: readonly PostingRecord[] }>();
  private readonly reversed = new Set<bigint>();
  private readonly refundedCauses = new Set<string>();
  private readonly packages = new Map<string, bigint>();

  constructor(
    private readonly accounts: ReadonlyMap<string, AccountState>,
    private readonly fault: (rule: string, detail: string) => void,
  ) {}

  /** Before the postings move anything: who should have paid. */
  before(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    if (journal.verb === 'charge') this.charge(journal, postings);
    if (journal.verb === 'lapse') this.lapse(journal, postings);
    if (journal.verb === 'grant' || journal.verb === 'top_up') this.lot(journal);
  }

  after(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    if (journal.verb === 'refund') this.refund(journal, postings);
    if (journal.verb === 'settle') this.settle(journal, postings);
    if (journal.verb === 'clear' || journal.verb === 'fee') this.houseOnly(journal, postings);
    if (journal.verb === 'hold') this.hold(journal, postings);
    if (journal.verb === 'capture' || journal.verb === 'release') this.endHold(journal, postings);
    if (journal.verb === 'reverse') this.reverse(journal, postings);
    if (['top_up', 'grant', 'adjust', 'refund'].includes(journal.verb))
      this.journals.set(journal.number, { verb: journal.verb, postings });
  }

  /** Rows of the ledger's sums, as records.ts reads them. */
  sums(): Map<string, string> {
    const said = new Map<string, string>();
    for (const [number, c] of this.charges) {
      said.set(`charge ${number}`, [c.currency, c.contra, c.amount, c.refunded, c.drawn, c.settled].join(' '));
      for (const [i, s] of c.shares.entries())
        said.set(`share ${number}/${i + 1}`, [s.account, s.amount, s.refunded].join(' '));
    }
    for (const [number, r] of this.refunds)
      said.set(`refund ${number}`, [r.charge, r.packageId ?? '-', r.causeKind, r.amount].join(' '));
    for (const [number, h] of this.holds)
      said.set(`hold ${number}`, [h.currency, h.contra, h.amount, h.captured, h.released].join(' '));
    return said;
  }

  private factsOf({ details }: JournalRecord): Facts {
    try {
      return (JSON.parse(details) as { facts?: Facts }).facts ?? {};
    } catch {
      this.fault('details', 'the details are no JSON');
      return {};
    }
  }

  private lot(journal: JournalRecord): void {
    const { lot, rank, expires_us: expiresUs, pays_for: paysFor } = this.factsOf(journal);
    if (lot === undefined || rank === undefined || paysFor === undefined) return;
    this.lots.set(accountKey(journal.currency, lot), {
      rank,
      expiresUs: typeof expiresUs !== 'string' ? null : BigInt(expiresUs),
      paysFor,
    });
  }

  private lotsOf(currency: string): Lot[] {
    return [...this.lots].flatMap(([name, terms]) => {
      const posted = this.accounts.get(name)?.posted ?? 0n;
      return name.startsWith(`${currency} `) && posted > 0n
        ? [{ ...terms, posted, account: Number.parseInt(name.slice(currency.length + 1), 10) }]
        : [];
    });
  }

  private charge(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const { currency } = journal;
    const cash = this.accounts.get(accountKey(currency, CASH));
    const available = { account: CASH, amount: cash === undefined ? 0n : cash.posted - cash.held };
    const asked = { amount: total(postings), use: journal.type ?? '', atUs: journal.countsUs };
    const takes = postings.map((p) => ({ account: p.debit, amount: p.amount }));
    if (!same(takes, spendOrder(this.lotsOf(currency), available, asked)))
      this.fault('spend_order', 'other buckets should have paid');
    const contra = postings[0]?.credit ?? 0;
    if (postings.some((p) => p.credit !== contra || p.phase !== 'direct'))
      this.fault('charge', 'a charge goes to one contra account');
    const shares = takes.map((take) => ({ ...take, refunded: 0n }));
    this.charges.set(journal.number, {
      currency,
      contra,
      amount: asked.amount,
      refunded: 0n,
      drawn: 0n,
      settled: 0n,
      shares,
    });
  }

  private lapse(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const { forfeited = false } = this.factsOf(journal);
    for (const { debit, credit } of postings) {
      const expiresUs = this.lots.get(accountKey(journal.currency, debit))?.expiresUs ?? null;
      const sound =
        debit >= FIRST_LOT &&
        credit === CONTRA.promotion_expense &&
        (forfeited || (expiresUs !== null && expiresUs <= journal.countsUs));
      if (!sound) this.fault('lapse', `lot ${debit} had not expired`);
    }
  }

  private chargeOf({ about }: JournalRecord): ChargeState | null {
    const charge = this.charges.get(about ?? 0n);
    if (charge === undefined) this.fault('charge', `journal ${about ?? 'none'} is no charge`);
    return charge ?? null;
  }

  private refund(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const charge = this.chargeOf(journal);
    if (charge === null) return;
    const amount = total(postings);
    const back = merged(postings.map((p) => ({ account: p.credit, amount: p.amount })));
    const unpaid = charge.shares.map((s) => ({ account: s.account, amount: s.amount - s.refunded }));
    if (!same(back, giveBackOrder(unpaid, amount))) this.fault('refund', 'other buckets should have got it back');
    this.giveBack(
      charge,
      back,
      amount,
      drawnBy(
        charge,
        postings.map((p) => ({ account: p.debit, amount: p.amount })),
      ),
    );
    const { package: packageId = null, cause_kind: causeKind = '', paid_minor: paid } = this.factsOf(journal);
    this.refunds.set(journal.number, { charge: journal.about ?? 0n, packageId, causeKind, amount });
    if (packageId === null) return;
    const cause = `${packageId} ${causeKind}`;
    if (this.refundedCauses.has(cause)) this.fault('refund', `${cause} was refunded before`);
    this.refundedCauses.add(cause);
    const sum = this.forPackage(packageId, amount);
    if (typeof paid === 'string' && sum > BigInt(paid))
      this.fault('refund', `${sum} was refunded for ${packageId}, ${paid} was paid`);
  }

  /** What was refunded for the package, with this. */
  private forPackage(packageId: string | null, amount: bigint): bigint {
    const sum = (this.packages.get(packageId ?? '') ?? 0n) + amount;
    this.packages.set(packageId ?? '', sum);
    return sum;
  }

  /** Negative amounts take it back again. */
  private giveBack(charge: ChargeState, back: readonly Take[], amount: bigint, drawn: bigint): void {
    charge.refunded += amount;
    charge.drawn += drawn;
    for (const { account, amount: part } of back) {
      const share = charge.shares.find((s) => s.account === account);
      if (share !== undefined) share.refunded += part;
    }
    const sound =
      charge.refunded >= 0n &&
      charge.refunded <= charge.amount &&
      charge.shares.every((s) => s.refunded >= 0n && s.refunded <= s.amount);
    if (!sound) this.fault('refund', 'more came back than was charged');
    if (charge.drawn + charge.settled > charge.amount)
      this.fault('refund', 'the contra account gave more than it had of this charge');
  }

  private settle(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const charge = this.chargeOf(journal);
    if (charge === null) return;
    charge.settled += total(postings);
    const sound =
      postings.every((p) => p.debit === charge.contra && !isBucket(p.credit)) &&
      charge.drawn + charge.settled <= charge.amount;
    if (!sound) this.fault('settle', 'more was settled than is left of the charge');
  }

  /** Fees, and clearing accounts that empty: the operator's own, whoever's book it is. */
  private houseOnly({ verb }: JournalRecord, postings: readonly PostingRecord[]): void {
    const sound = postings.every((p) => p.phase === 'direct' && !isBucket(p.debit) && !isBucket(p.credit));
    if (!sound) this.fault(verb, 'it moved what the merchant has');
  }

  private hold(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const [posting] = postings;
    if (posting === undefined) return;
    if (postings.length !== 1 || posting.phase !== 'hold' || posting.debit !== CASH)
      this.fault('hold', 'a hold sets cash aside');
    this.holds.set(journal.number, {
      currency: journal.currency,
      contra: posting.credit,
      amount: posting.amount,
      captured: 0n,
      released: 0n,
    });
  }

  private endHold(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const hold = this.holds.get(journal.about ?? 0n);
    if (hold === undefined) {
      this.fault('hold', `journal ${journal.about ?? 'none'} is no hold`);
      return;
    }
    if (postings.some((p) => p.phase !== journal.verb || p.credit !== hold.contra))
      this.fault('hold', 'it ended otherwise than it began');
    hold[journal.verb === 'capture' ? 'captured' : 'released'] += total(postings);
    if (hold.captured + hold.released > hold.amount) this.fault('hold', 'more was taken and released than was held');
  }

  private reverse(journal: JournalRecord, postings: readonly PostingRecord[]): void {
    const about = journal.about ?? 0n;
    const undone = this.journals.get(about);
    if (this.reversed.has(about)) this.fault('reversal_once', `journal ${about} was reversed before`);
    this.reversed.add(about);
    const mirrored =
      undone?.postings.length === postings.length &&
      undone.postings.every(
        (p, i) => p.debit === postings[i]?.credit && p.credit === postings[i].debit && p.amount === postings[i].amount,
      );
    if (!mirrored) this.fault('reversal', `it is not the mirror of journal ${about}`);
    const refund = this.refunds.get(about);
    const charge = this.charges.get(refund?.charge ?? 0n);
    if (refund === undefined || charge === undefined) return;
    this.forPackage(refund.packageId, -refund.amount);
    const back = merged(postings.map((p) => ({ account: p.debit, amount: -p.amount })));
    const drawn = drawnBy(
      charge,
      postings.map((p) => ({ account: p.credit, amount: -p.amount })),
    );
    this.giveBack(charge, back, -total(postings), drawn);
  }
}

/** What of a refund came out of the charge's own contra account. */
function drawnBy(charge: ChargeState, takes: readonly Take[]): bigint {
  if (charge.contra !== CONTRA.orders_in_progress) return 0n;
  return takes.filter((t) => t.account === charge.contra).reduce((sum, t) => sum + t.amount, 0n);
}

/** Neighbours of one account together. */
function merged(takes: readonly Take[]): Take[] {
  const sums = new Map<number, bigint>();
  for (const { account, amount } of takes) sums.set(account, (sums.get(account) ?? 0n) + amount);
  return [...sums].map(([account, amount]) => ({ account, amount }));
}
