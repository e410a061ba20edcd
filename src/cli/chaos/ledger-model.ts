/**
 * The wallet in a few plain objects: written from wallet.md, apart from the product's code, to be compared with it.
 * Amounts are minor units of one currency; time is days.
 */
export type Op =
  | { verb: 'topUp'; key: string; amount: bigint; bonus: bigint; expires: number | null }
  | { verb: 'grant'; key: string; amount: bigint; rank: number; expires: number | null; paysFor: readonly string[] }
  | { verb: 'charge'; key: string; amount: bigint; use: string; contra: number }
  | {
      verb: 'refund';
      key: string;
      charge: string;
      amount: bigint;
      pack: string | null;
      causeKind: string;
      paid: bigint | null;
    }
  | { verb: 'settle'; key: string; charge: string; goods: bigint; shipping: bigint }
  | { verb: 'hold'; key: string; amount: bigint }
  | { verb: 'capture' | 'release'; key: string; hold: string; amount: bigint | null }
  | { verb: 'adjust'; key: string; amount: bigint }
  | { verb: 'reverse'; key: string; target: string }
  | { verb: 'wait'; days: number };

/** What an op says back; `moved` is what a refund gave. */
export interface Answer {
  says: 'done' | 'already' | 'short' | 'nothing' | 'refused' | 'key reused';
  moved?: bigint;
}

/** [debit, credit, amount], by the numbers of the chart. */
export type Leg = [number, number, bigint];

interface Lot {
  number: number;
  has: bigint;
  rank: number;
  expires: number | null;
  paysFor: readonly string[];
}

interface Paid {
  contra: number;
  amount: bigint;
  shares: { account: number; paid: bigint; back: bigint }[];
  drawn: bigint;
  settled: bigint;
}

interface Booked {
  request: string;
  op: Op;
  legs: Leg[];
  reversed: boolean;
  answer: Answer;
}

const CASH = 1;
const min = (...amounts: bigint[]): bigint => amounts.reduce((a, b) => (a < b ? a : b));

export class WalletModel {
  day = 0;
  cash = 0n;
  held = 0n;
  readonly lots: Lot[] = [];
  readonly booked = new Map<string, Booked>();
  private readonly charges = new Map<string, Paid>();
  private readonly holds = new Map<string, { left: bigint }>();
  private readonly refunds: { key: string; pack: string | null; causeKind: string; amount: bigint }[] = [];

  get promotional(): bigint {
    return this.lots
      .filter((lot) => lot.expires === null || lot.expires > this.day)
      .reduce((sum, lot) => sum + lot.has, 0n);
  }

  do(op: Op): Answer {
    if (op.verb === 'wait') {
      this.day += op.days;
      return { says: 'done' };
    }
    const request = JSON.stringify(op, (name, value: unknown) =>
      name === 'paid' || name === 'expires' ? undefined : typeof value === 'bigint' ? value.toString() : value,
    );
    const before = this.booked.get(op.key);
    if (before !== undefined) {
      if (before.request !== request) return { says: 'key reused' };
      return { ...before.answer, says: op.verb === 'refund' ? 'already' : 'done' };
    }
    const legs: Leg[] = [];
    const answer = this.book(op, legs);
    if (answer.says === 'done') this.booked.set(op.key, { request, op, legs, reversed: false, answer });
    return answer;
  }

  private book(op: Exclude<Op, { verb: 'wait' }>, legs: Leg[]): Answer {
    switch (op.verb) {
      case 'topUp':
        this.cash += op.amount;
        legs.push([12, CASH, op.amount]);
        if (op.bonus > 0n)
          this.addLot({ has: op.bonus, rank: 10, expires: op.expires, paysFor: ['order_charge'] }, legs);
        return { says: 'done' };
      case 'grant':
        this.addLot({ has: op.amount, rank: op.rank, expires: op.expires, paysFor: op.paysFor }, legs);
        return { says: 'done' };
      case 'charge':
        return this.charge(op, legs);
      case 'refund':
        return this.refund(op, legs);
      case 'settle':
        return this.settle(op, legs);
      case 'hold':
        if (op.amount > this.cash - this.held) return { says: 'short' };
        this.held += op.amount;
        this.holds.set(op.key, { left: op.amount });
        legs.push([CASH, 13, op.amount]);
        return { says: 'done' };
      case 'capture':
      case 'release':
        return this.endHold(op, legs);
      case 'adjust':
        if (op.amount < 0n && -op.amount > this.cash - this.held) return { says: 'refused' };
        this.cash += op.amount;
        legs.push(op.amount > 0n ? [51, CASH, op.amount] : [CASH, 51, -op.amount]);
        return { says: 'done' };
      case 'reverse':
        return this.reverse(op.target, legs);
    }
  }

  private addLot(terms: Omit<Lot, 'number'>, legs: Leg[]): void {
    const number = 101 + this.lots.length;
    this.lots.push({ ...terms, number });
    legs.push([42, number, terms.has]);
  }

  private charge({ key, amount, use, contra }: Extract<Op, { verb: 'charge' }>, legs: Leg[]): Answer {
    const far = Number.MAX_SAFE_INTEGER;
    const usable = this.lots
      .filter((lot) => lot.has > 0n && lot.paysFor.includes(use) && (lot.expires ?? far) > this.day)
      .sort((a, b) => a.rank - b.rank || (a.expires ?? far) - (b.expires ?? far) || a.number - b.number);
    if (usable.reduce((sum, lot) => sum + lot.has, this.cash - this.held) < amount) return { says: 'short' };
    let need = amount;
    const shares: Paid['shares'] = [];
    for (const lot of usable) {
      const take = min(need, lot.has);
      if (take === 0n) continue;
      lot.has -= take;
      need -= take;
      shares.push({ account: lot.number, paid: take, back: 0n });
    }
    if (need > 0n) shares.push({ account: CASH, paid: need, back: 0n });
    this.cash -= need;
    for (const share of shares) legs.push([share.account, contra, share.paid]);
    this.charges.set(key, { contra, amount, shares, drawn: 0n, settled: 0n });
    return { says: 'done' };
  }

  private refund(op: Extract<Op, { verb: 'refund' }>, legs: Leg[]): Answer {
    const { pack, causeKind } = op;
    const earlier = this.refunds.find((r) => pack !== null && r.pack === pack && r.causeKind === causeKind);
    if (earlier !== undefined) return { says: 'already', moved: earlier.amount };
    const charge = this.charges.get(op.charge);
    if (charge === undefined) return { says: 'refused' };
    const back = charge.shares.reduce((sum, s) => sum + s.back, 0n);
    const forPack = this.refunds
      .filter((r) => r.pack === pack && this.booked.get(r.key)?.reversed !== true)
      .reduce((sum, r) => sum + r.amount, 0n);
    const capped = pack !== null && op.paid !== null ? op.paid - forPack : op.amount;
    const amount = min(op.amount, charge.amount - back, capped);
    if (amount <= 0n) return { says: 'already', moved: 0n };
    let need = amount;
    let inContra = charge.contra === 21 ? charge.amount - charge.drawn - charge.settled : 0n;
    const lapsing: Leg[] = [];
    for (const share of charge.shares.toReversed()) {
      const take = min(need, share.paid - share.back);
      if (take === 0n) continue;
      const drawn = min(take, inContra);
      if (drawn > 0n) legs.push([charge.contra, share.account, drawn]);
      if (take > drawn) legs.push([41, share.account, take - drawn]);
      need -= take;
      inContra -= drawn;
      charge.drawn += drawn;
      share.back += take;
      const lot = this.lots.find((l) => l.number === share.account);
      if (lot === undefined) this.cash += take;
      else if (lot.expires !== null && lot.expires <= this.day) lapsing.push([lot.number, 42, take]);
      else lot.has += take;
    }
    this.refunds.push({ key: op.key, pack, causeKind, amount });
    if (lapsing.length > 0) {
      this.booked.set(`lapse:${op.key}`, { request: '', op, legs: lapsing, reversed: false, answer: { says: 'done' } });
    }
    return { says: 'done', moved: amount };
  }

  private settle({ charge: key, goods, shipping }: Extract<Op, { verb: 'settle' }>, legs: Leg[]): Answer {
    const charge = this.charges.get(key);
    if (charge?.contra !== 21) return { says: 'refused' };
    if (goods + shipping > charge.amount - charge.drawn - charge.settled) return { says: 'refused' };
    if (goods + shipping === 0n) return { says: 'nothing' };
    charge.settled += goods + shipping;
    if (goods > 0n) legs.push([21, 31, goods]);
    if (shipping > 0n) legs.push([21, 32, shipping]);
    return { says: 'done' };
  }

  private endHold(op: Extract<Op, { verb: 'capture' | 'release' }>, legs: Leg[]): Answer {
    const hold = this.holds.get(op.hold);
    if (hold === undefined) return { says: 'refused' };
    if (hold.left === 0n) return { says: 'nothing' };
    const amount = op.amount ?? hold.left;
    if (amount > hold.left) return { says: 'refused' };
    hold.left -= amount;
    this.held -= amount;
    if (op.verb === 'capture') this.cash -= amount;
    legs.push([CASH, 13, amount]);
    return { says: 'done' };
  }

  private reverse(target: string, legs: Leg[]): Answer {
    const undone = this.booked.get(target);
    if (undone === undefined || !['topUp', 'grant', 'adjust', 'refund'].includes(undone.op.verb))
      return { says: 'refused' };
    if (undone.reversed) return { says: 'already' };
    const taken = new Map<number, bigint>();
    for (const [, credit, amount] of undone.legs) taken.set(credit, (taken.get(credit) ?? 0n) + amount);
    for (const [account, amount] of taken) {
      const lot = this.lots.find((l) => l.number === account);
      const has = account === CASH ? this.cash - this.held : lot?.has;
      if (has !== undefined && has < amount) return { says: 'refused' };
    }
    for (const [debit, credit, amount] of undone.legs) {
      legs.push([credit, debit, amount]);
      this.bump(credit, -amount);
      this.bump(debit, amount);
    }
    undone.reversed = true;
    const { op } = undone;
    if (op.verb === 'refund') this.unRefund(op.charge, undone.legs);
    return { says: 'done' };
  }

  private bump(account: number, amount: bigint): void {
    const lot = this.lots.find((l) => l.number === account);
    if (account === CASH) this.cash += amount;
    else if (lot !== undefined) lot.has += amount;
  }

  private unRefund(key: string, legs: readonly Leg[]): void {
    const charge = this.charges.get(key);
    if (charge === undefined) return;
    for (const [source, account, amount] of legs) {
      const share = charge.shares.find((s) => s.account === account);
      if (share !== undefined) share.back -= amount;
      if (source === charge.contra && charge.contra === 21) charge.drawn -= amount;
    }
  }
}
