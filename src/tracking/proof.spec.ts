import { isConfirmed, isUnproven, saidByCourier } from './proof.ts';

const back = (...sources: string[]): { source: string; status: 'rto_delivered'; direction: 'rto' }[] =>
  sources.map((source) => ({ source, status: 'rto_delivered', direction: 'rto' }));

describe('who says that a parcel is back', () => {
  it.each<[string[], said: boolean, unproven: boolean, confirmed: boolean]>([
    [[], false, false, false],
    [['warehouse'], false, false, false],
    [['shiprocket'], true, true, false],
    [['shiprocket', 'delhivery'], true, true, false],
    [['easypost'], true, false, false],
    [['ups'], true, false, false],
    [['events'], true, false, false],
    [['shiprocket', 'ups'], true, false, true],
    [['shiprocket', 'warehouse'], true, false, true],
    [['easypost', 'warehouse'], true, false, true],
  ])('%j', (sources, said, unproven, confirmed) => {
    const events = back(...sources);
    expect([saidByCourier(events), isUnproven(events), isConfirmed(events)]).toEqual([said, unproven, confirmed]);
  });

  it('is nobody where it is a buyer’s own return', () => {
    const [event] = back('shiprocket');
    const reverse = event === undefined ? [] : [{ ...event, direction: 'reverse' as const }];
    expect([saidByCourier(reverse), isUnproven(reverse)]).toEqual([false, false]);
  });
});
