import fc from 'fast-check';
import type { ReadShipment } from '../canonical.translate.ts';
import { readMessage, SOURCES } from '../sources.translate.ts';

/** The only shipment of a payload. */
function only(source: string, payload: unknown): ReadShipment {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { shipments, unreadable } = readMessage(source, Buffer.from(body), 'poll');
  expect([unreadable, shipments.length]).toEqual([null, 1]);
  const [shipment] = shipments;
  if (shipment === undefined) throw new Error('there is no shipment');
  return shipment;
}

function said(shipment: ReadShipment): unknown {
  return [shipment.status, shipment.direction, shipment.events.map((event) => event.status)];
}

describe('easypost', () => {
  const detail = (status: string, message: string, datetime: string | null, more = {}): unknown => ({
    status,
    message,
    datetime,
    ...more,
  });
  const tracker = (status: string, details: unknown, more = {}): unknown => ({
    object: 'Tracker', tracking_code: 'EZ1', status, tracking_details: details, ...more,
  }); // prettier-ignore

  it('reads a finished RTO that says delivered to the original sender', () => {
    const details = [
      detail('return_to_sender', 'Return to Sender Processed', '2024-07-01T10:00:00Z'),
      detail('delivered', 'Delivered, To Original Sender', '2024-07-05T10:00:00Z'),
    ];
    const rto = ['rto_delivered', 'rto', ['rto_initiated', 'rto_delivered']];
    expect(said(only('easypost', tracker('delivered', details)))).toEqual(rto);
  });

  it('takes return_to_sender for the start only, though the tracker says finalized', () => {
    const details = [detail('return_to_sender', 'Refused', '2024-07-01T10:00:00Z')];
    expect(said(only('easypost', tracker('return_to_sender', details, { finalized: true })))).toEqual([
      'rto_initiated',
      'rto',
      ['rto_initiated'],
    ]);
  });

  it('takes is_return for a return label, not for an RTO', () => {
    const details = [detail('delivered', 'Delivered', '2024-07-05T10:00:00Z')];
    expect(said(only('easypost', tracker('delivered', details, { is_return: true })))).toEqual([
      'delivered',
      'reverse',
      ['delivered'],
    ]);
  });

  it.each([null, {}, 'null', undefined, '[]', []])('reads %j as no details', (details) => {
    expect(only('easypost', tracker('delivered', details)).events).toEqual([]);
  });

  it('reads one detail as a list of one, JSON in a text, and trackers in a list', () => {
    const one = detail('in_transit', 'Arrived', '2024-07-05T10:00:00Z');
    expect(only('easypost', tracker('in_transit', one)).events).toHaveLength(1);
    expect(only('easypost', tracker('in_transit', JSON.stringify([one]))).events).toHaveLength(1);
    expect(only('easypost', JSON.stringify(JSON.stringify(tracker('in_transit', [one])))).events).toHaveLength(1);
    expect(
      readMessage(
        'easypost',
        Buffer.from(JSON.stringify({ trackers: [tracker('unknown', []), tracker('unknown', [])] })),
        'poll',
      ).shipments,
    ).toHaveLength(2);
  });

  it('keeps an event whose code is new, without a status', () => {
    const [event] = only(
      'easypost',
      tracker('in_transit', [detail('teleported', 'Beamed up', '2024-07-05T10:00:00Z')]),
    ).events;
    expect([event?.status, event?.unmapped]).toEqual([null, true]);
  });
});

describe('aftership', () => {
  it.each([
    ['carrier', 'lost'],
    ['user', 'in_transit'],
    ['user-entered', 'in_transit'],
    ['merchant', 'in_transit'],
  ])('reads "lost" of a %s as %s', (from, status) => {
    const checkpoints = [
      { tag: 'InTransit', subtag: 'InTransit_003', message: 'Arrived', checkpoint_time: '2024-01-01T10:00:00Z' },
      {
        tag: 'Exception',
        subtag: 'Exception_013',
        message: 'Lost',
        checkpoint_time: '2024-01-02T10:00:00Z',
        source: from,
      },
    ];
    const body = { msg: { tracking_number: '1', tag: 'Exception', subtag: 'Exception_013', checkpoints } };
    const { shipments } = readMessage('aftership', Buffer.from(JSON.stringify(body)), 'webhook');
    expect(shipments).toMatchObject([{ status, events: [{}, {}] }]);
  });
});

describe('dhl_unified', () => {
  const shipment = (events: unknown, status?: unknown): unknown => ({
    shipments: [{ id: '1', service: 'parcel-nl', status, events }],
  });

  it('reads the finer status, for the code stays transit at DELIVERED_AT_SHIPPER', () => {
    const events = [
      { timestamp: '2024-01-05T10:00:00+01:00', statusCode: 'transit', status: 'DELIVERED_AT_SHIPPER' },
      { timestamp: '2024-01-03T10:00:00+01:00', statusCode: 'failure', status: 'RETURNED_TO_SHIPPER' },
    ];
    expect(said(only('dhl_unified', shipment(events)))).toEqual([
      'rto_delivered',
      'rto',
      ['rto_delivered', 'rto_in_transit'],
    ]);
  });

  it('reads the sentence where the code is coarse', () => {
    const events = [
      {
        timestamp: '2024-01-05T10:00:00',
        statusCode: 'transit',
        description: 'The shipment has been loaded onto the delivery vehicle',
      },
    ];
    expect(only('dhl_unified', shipment(events)).status).toBe('out_for_delivery');
  });

  it('does not take a header without events for more than a header', () => {
    const read = only(
      'dhl_unified',
      shipment(undefined, { statusCode: 'delivered', timestamp: '2024-01-05T10:00:00' }),
    );
    expect([read.status, read.events]).toEqual(['delivered', []]);
  });
});

describe('delhivery', () => {
  const push = (Status: string, StatusType: string, NSLCode: string | null = null): unknown => ({
    Shipment: { AWB: '123', NSLCode, Status: { Status, StatusType, StatusDateTime: '2024-05-01T10:00:00.000', StatusLocation: 'Pune', Instructions: '' } },
  }); // prettier-ignore

  it.each([
    ['Pending', 'RT', null, 'rto_in_transit', 'rto'],
    ['In Transit', 'RT', 'X-OLL4F', 'rto_in_transit', 'rto'],
    ['RTO', 'DL', 'RD-AC', 'rto_delivered', 'rto'],
    ['Delivered', 'DL', 'EOD-38', 'delivered', 'forward'],
    ['DTO', 'DL', null, 'delivered', 'reverse'],
    ['Pending', 'UD', 'X-IBD3F', 'in_transit', 'forward'],
    ['Pending', 'UD', 'EOD-6', 'attempt_failed', 'forward'],
    ['Dispatched', 'UD', 'X-DDD3FD', 'out_for_delivery', 'forward'],
    ['In Transit', 'PU', null, 'in_transit', 'reverse'],
    ['Canceled', 'CN', null, 'cancelled', 'forward'],
    ['LOST', 'LT', null, 'lost', 'forward'],
  ])('reads %s of type %s with %s as %s, %s', (status, type, nsl, expected, direction) => {
    const read = only('delhivery', push(status, type, nsl));
    expect([read.status, read.direction, read.events.length]).toEqual([expected, direction, 1]);
    expect(read.events[0]?.time.at?.toISOString()).toBe('2024-05-01T04:30:00.000Z');
  });

  it('reads the scans of a poll', () => {
    const scan = (Scan: string, ScanType: string, ScanDateTime: string): unknown => ({
      ScanDetail: { Scan, ScanType, ScanDateTime, Instructions: '', ScannedLocation: 'Pune' },
    });
    const Scans = [
      scan('Manifested', 'UD', '2024-05-01T10:00:00'),
      scan('In Transit', 'RT', '2024-05-03T10:00:00'),
      scan('RTO', 'DL', '2024-05-05T10:00:00'),
    ];
    const read = only('delhivery', { ShipmentData: [{ Shipment: { AWB: '123', Status: {}, Scans } }] });
    expect(said(read)).toEqual(['rto_delivered', 'rto', ['label_created', 'rto_in_transit', 'rto_delivered']]);
  });
});

describe('shiprocket', () => {
  it('reads shipment_status_id, not the other id space, in which 20 is IN TRANSIT', () => {
    const body = {
      awb: '1',
      current_status_id: 20,
      shipment_status: 'PICKUP EXCEPTION',
      shipment_status_id: 20,
      current_timestamp: '23 05 2024 11:43:52',
      scans: [],
    };
    expect(only('shiprocket', body).status).toBe('pickup_failed');
  });

  it('reads scans with IST times, and those of sr-status NA as notes', () => {
    const scans = [
      {
        date: '2024-05-20 10:00:00',
        status: 'X',
        activity: 'Picked',
        location: 'Delhi',
        'sr-status': '42',
        'sr-status-label': 'PICKED UP',
      },
      {
        date: '2024-05-21 10:00:00',
        status: 'Y',
        activity: 'Weighed',
        location: 'Delhi',
        'sr-status': 'NA',
        'sr-status-label': 'NA',
      },
      {
        date: '2024-05-23 10:00:00',
        status: 'Z',
        activity: 'Back',
        location: 'Delhi',
        'sr-status': 10,
        'sr-status-label': 'RTO DELIVERED',
      },
    ];
    const read = only('shiprocket', {
      awb: 59_629_792_084,
      shipment_status: 'RTO DELIVERED',
      shipment_status_id: 10,
      is_return: 0,
      scans,
    });
    expect([read.number, said(read)]).toEqual([
      '59629792084',
      ['rto_delivered', 'rto', ['accepted', null, 'rto_delivered']],
    ]);
    expect(read.events[0]?.time.at?.toISOString()).toBe('2024-05-20T04:30:00.000Z');
  });

  it('reads a buyer return by its flag', () => {
    expect(only('shiprocket', { awb: '1', shipment_status_id: 7, is_return: 1, scans: [] }).direction).toBe('reverse');
  });
});

describe('17track', () => {
  const event = (sub_status: string, time_iso: string, description = ''): unknown => ({
    sub_status,
    time_iso,
    description,
    stage: null,
    location: 'Lyon, FR',
  });

  it('reads a push with several providers', () => {
    const providers = [
      {
        provider: { name: 'La Poste' },
        events: [
          event('Exception_Returned', '2024-05-05T10:00:00+02:00'),
          event('Exception_Returning', '2024-05-03T10:00:00+02:00'),
        ],
      },
      { provider: { name: 'Colissimo' }, events: {} },
    ];
    const latest_status = { status: 'Exception', sub_status: 'Exception_Returned' };
    const read = only('17track', {
      event: 'TRACKING_UPDATED',
      data: { number: 'RR1', carrier: 6051, track_info: { latest_status, tracking: { providers } } },
    });
    expect(said(read)).toEqual(['rto_delivered', 'rto', ['rto_delivered', 'rto_in_transit']]);
  });

  it('reads an exception that is no more than age as an exception, and no event', () => {
    const track_info = {
      latest_status: { status: 'Exception', sub_status: 'Exception_Other' },
      tracking: { providers: [] },
    };
    expect(said(only('17track', { data: { accepted: [{ number: 'RR1', track_info }], rejected: [] } }))).toEqual([
      'exception',
      'forward',
      [],
    ]);
  });
});

describe('words mislead', () => {
  it.each([
    ['DELIVERED TO PICKUP PARCELSHOP', 'available_for_pickup'],
    ['Delivery Attempted', 'attempt_failed'],
    ['Undeliverable', null],
    ['Attempted Delivery - Recipient unavailable', 'attempt_failed'],
    ['Customer unavailable', 'attempt_failed'],
    ['Final Notice; Item will be returned to sender if not collected within 10 days', null],
    ['Your parcel will be returned if not collected', null],
    ['Expected delivery tomorrow', null],
    ['Item will be returned to sender on 5 January', null],
    ['Unless collected, returned to sender', null],
    ['Available for pickup by courier', null],
    ['Delivered to local depot', null],
    ['Return to sender cancelled', null],
    ['Recipient not at home. Delivered', 'attempt_failed'],
    ['Delivered, To Original Sender', 'rto_delivered'],
    ['Delivered', 'delivered'],
  ])('%s', (description, status) => {
    const read = only(
      'landmark',
      `<TrackResponse><Result><Packages><Package><TrackingNumber>1</TrackingNumber><Events><Event><Status>${description}</Status><DateTime>2024-01-01 10:00:00</DateTime><EventCode/></Event></Events></Package></Packages></Result></TrackResponse>`,
    );
    expect(read.events[0]?.status).toBe(status);
  });
});

describe('ups', () => {
  it('reads a D after "returned to shipper" as the shipper door', () => {
    const activity = [
      { status: { type: 'D', description: 'DELIVERED', code: 'KB' }, date: '20240310', time: '101500' },
      { status: { type: 'RS', description: 'Returned to shipper', code: 'A1' }, date: '20240305', time: '101500' },
    ];
    const read = only('ups', {
      trackResponse: { shipment: [{ inquiryNumber: '1Z', package: [{ trackingNumber: '1Z', activity }] }] },
    });
    expect(read.status).toBe('rto_delivered');
  });

  it('answers nothing known for an error body and for a warning', () => {
    expect(said(only('ups', { response: { errors: [{ code: 'TV1002', message: 'Invalid' }] } }))).toEqual([
      'unknown',
      'forward',
      [],
    ]);
    const warned = only('ups', {
      trackResponse: {
        shipment: [{ inquiryNumber: '1Z9', warnings: [{ code: 'TW0001', message: 'Tracking Information Not Found' }] }],
      },
    });
    expect([warned.number, warned.status]).toEqual(['1Z9', 'unknown']);
  });
});

describe('fedex', () => {
  it('reads REST v1', () => {
    const scanEvents = [
      {
        date: '2024-03-10T10:00:00-05:00',
        eventType: 'DE',
        eventDescription: 'Delivery exception',
        exceptionCode: '08',
        exceptionDescription: 'Customer not available',
        scanLocation: { city: 'Reno' },
      },
      {
        date: '2024-03-09T10:00:00-05:00',
        eventType: 'OD',
        eventDescription: 'On FedEx vehicle for delivery',
        scanLocation: {},
      },
    ];
    const trackResults = [
      { trackingNumberInfo: { trackingNumber: '77' }, latestStatusDetail: { code: 'DE' }, scanEvents },
    ];
    const read = only('fedex', { output: { completeTrackResults: [{ trackingNumber: '77', trackResults }] } });
    expect([read.reason, said(read)]).toEqual([
      'recipient_not_home',
      ['attempt_failed', 'forward', ['attempt_failed', 'out_for_delivery']],
    ]);
  });
});

describe('every source, whatever it is sent', () => {
  it.each([...SOURCES])('%s reads nonsense as one shipment of which nothing is known', (source) => {
    for (const body of [
      '{}',
      '[]',
      'null',
      '"x"',
      '7',
      '{"data":null}',
      '<a/>',
      '<error><code>1</code></error>',
      '{"error":{"message":"no"}}',
    ]) {
      const { shipments } = readMessage(source, Buffer.from(body), 'webhook');
      expect(shipments.map((s) => [s.status, s.number, s.events.length])).toEqual([['unknown', null, 0]]);
    }
  });

  it('keeps what it cannot read, with the reason', () => {
    const reasonOf = (bytes: Uint8Array): string | null => readMessage('ups', bytes, 'webhook').unreadable;
    expect(reasonOf(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toMatch(/UTF-8/);
    expect(reasonOf(Buffer.from('{"a":"\\u0000"}'))).toMatch(/NUL/);
    expect(reasonOf(Buffer.from('not json'))).toMatch(/neither JSON nor XML/);
    expect(reasonOf(Buffer.from(''))).toMatch(/empty/);
    expect(reasonOf(Buffer.from('['.repeat(100_000)))).toMatch(/levels deep/);
    expect(reasonOf(Buffer.from('<a>'.repeat(1000)))).toMatch(/levels deep/);
    expect(reasonOf(Buffer.from('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'))).toMatch(/document type/);
    expect(reasonOf(Buffer.from('<a><b></a>'))).toMatch(/not well formed/);
  });

  it('never throws and never answers less than one shipment', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), fc.json({ maxDepth: 6 }), (source, body) => {
        expect(readMessage(source, Buffer.from(body), 'poll').shipments.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
