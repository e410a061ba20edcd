import { readMessage } from '../sources.translate.ts';

type Row = readonly [
  what: string,
  source: string,
  body: string | object,
  status: string,
  reason: string | null,
  direction: string,
];

const day = (n: number): string => `2024-01-0${String(n)}T10:00:00`;

function easypost(...lines: [status: string, detail: string | null, message: string][]): object {
  const details = lines.map(([status, status_detail, message], n) => ({ status, status_detail, message, datetime: `${day(n + 1)}Z` }));
  return { object: 'Event', description: 'tracker.updated', result: { object: 'Tracker', tracking_code: '1', status: lines.at(-1)?.[0], tracking_details: details } };
} // prettier-ignore

function shippo(status: string, status_details: string, code: string | null = null): object {
  const line = { status, status_details, status_date: `${day(1)}Z`, substatus: code === null ? null : { code }, location: null };
  return { event: 'track_updated', data: { tracking_number: '1', tracking_status: line, tracking_history: [line] } };
} // prettier-ignore

function ups(...rows: [type: string, description: string, code: string, statusCode: string][]): object {
  const activity = rows.map(([type, description, code, statusCode], n) => ({
    ...{ date: `2024010${String(9 - n)}`, time: '103000', gmtOffset: '-08:00' },
    status: { type, description, code, statusCode },
  }));
  return { trackResponse: { shipment: [{ inquiryNumber: '1', package: [{ trackingNumber: '1', activity }] }] } };
}

function fedex(eventType: string, exceptionCode: string, exceptionDescription: string): object {
  const scanEvents = [{ date: `${day(1)}-08:00`, eventType, eventDescription: 'Exception', exceptionCode, exceptionDescription }];
  return { output: { completeTrackResults: [{ trackingNumber: '1', trackResults: [{ scanEvents }] }] } };
} // prettier-ignore

function dhl(...lines: [statusCode: string, description: string][]): object {
  const events = lines.map(([statusCode, description], n) => ({ timestamp: day(9 - n), statusCode, description }));
  return { shipments: [{ id: '1', service: 'parcel-de', events }] };
}

function glsApi(...lines: [code: string, description: string][]): object {
  const events = lines.map(([code, description], n) => ({ code, description, timestamp: `${day(9 - n)}+01:00` }));
  return { parcels: [{ unitno: '1', status: 'INTRANSIT', events }] };
}

function usps(...lines: [eventCode: string, eventType: string][]): object {
  const trackingEvents = lines.map(([eventCode, eventType], n) => ({ eventCode, eventType, eventTimestamp: day(9 - n), GMTOffset: '-06:00' }));
  return { trackingNumber: '1', statusCategory: 'Alert', trackingEvents };
} // prettier-ignore

function canadaPost(...lines: [code: string, text: string][]): string {
  const rows = lines.map(([code, text], n) => `<occurrence><event-identifier>${code}</event-identifier><event-date>2024-01-0${String(9 - n)}</event-date><event-time>10:00:00</event-time><event-description>${text}</event-description></occurrence>`);
  return `<tracking-detail><pin>1</pin><significant-events>${rows.join('')}</significant-events></tracking-detail>`;
} // prettier-ignore

function aftership(subtag: string, subtag_message: string, message: string, more = {}): object {
  const said = { tag: subtag.split('_')[0], subtag, subtag_message };
  return { msg: { tracking_number: '1', ...said, ...more, checkpoints: [{ ...said, message, checkpoint_time: `${day(1)}Z` }] } };
} // prettier-ignore

function shiprocket(id: number, ...scans: [id: number, label: string, activity: string][]): object {
  const lines = scans.map(([status, label, activity], n) => ({ date: `2024-01-0${String(n + 1)} 10:00:00`, activity, 'sr-status': status, 'sr-status-label': label }));
  return { awb: '1', shipment_status_id: id, scans: lines };
} // prettier-ignore

function track17(sub_status: string | null, description: string, latest = 'Exception_Other'): object {
  const events = [{ time_iso: `${day(1)}Z`, sub_status, description }];
  const latest_status = { status: latest.split('_')[0], sub_status: latest };
  return { event: 'TRACKING_UPDATED', data: { number: '1', track_info: { latest_status, tracking: { providers: [{ events }] } } } };
} // prettier-ignore

const ROWS: readonly Row[] = [
  // a code that only says "trouble", and words that say which
  ['no access', 'easypost', easypost(['failure', 'failure', 'Delivery Attempted - No Access to Delivery Location']), 'attempt_failed', 'access', 'forward'],
  ['a notice', 'easypost', easypost(['failure', 'delivery_exception', 'Notice Left (No Authorized Recipient Available)']), 'attempt_failed', 'recipient_not_home', 'forward'],
  ['an address', 'easypost', easypost(['failure', 'failure', 'Undeliverable as Addressed']), 'exception', 'address_incorrect', 'forward'],
  ['why it turned', 'easypost', easypost(['failure', 'return', 'No Such Number']), 'rto_in_transit', 'address_incorrect', 'rto'],
  ['a counter', 'easypost', easypost(['delivered', 'arrived_at_destination', 'Delivered to UPS Access Point™']), 'available_for_pickup', null, 'forward'],
  ['upper case', 'easypost', easypost(['RETURN_TO_SENDER', 'RETURN', 'Refused']), 'rto_in_transit', 'refused', 'rto'],
  ['refused', 'shippo', shippo('FAILURE', 'Refused by recipient'), 'attempt_failed', 'refused', 'forward'],
  ['a counter', 'shippo', shippo('DELIVERED', 'Delivered to a UPS Access Point', 'delivered'), 'available_for_pickup', null, 'forward'],
  ['the sender', 'shippo', shippo('RETURNED', 'Your package was delivered to the original sender', 'return_to_sender'), 'rto_delivered', null, 'rto'],
  ['refused', 'ship24', { trackings: [{ tracker: { trackingNumber: '1' }, shipment: {}, events: [{ occurrenceDatetime: day(1), status: 'Refused by recipient', statusCode: 'delivery_refused', statusMilestone: 'exception' }] }] }, 'attempt_failed', 'refused', 'forward'],
  ['refused', '17track', track17('Exception_Other', 'Refused by the consignee'), 'attempt_failed', 'refused', 'forward'],
  ['its country’s words', '17track', track17(null, 'Destinatario ausente', 'InTransit_Other'), 'attempt_failed', 'recipient_not_home', 'forward'],
  ['a subtag of the cause', 'aftership', aftership('Exception_007', 'Returned to sender', 'Insufficient address', { return_to_sender: true }), 'rto_initiated', 'address_incorrect', 'rto'],
  ['not at home', 'shiprocket', shiprocket(21, [21, 'UNDELIVERED', 'Undelivered - Consignee unavailable']), 'attempt_failed', 'recipient_not_home', 'forward'],
  ['the sender’s, by the summary', 'shiprocket', shiprocket(10, [9, 'RTO INITIATED', 'x'], [7, 'DELIVERED', 'Delivered']), 'rto_delivered', null, 'rto'],
  ['small letters', 'delhivery', { Shipment: { AWB: '1', Status: { Status: 'In Transit', StatusType: 'pu', StatusDateTime: day(1) } } }, 'in_transit', null, 'reverse'],
  // UPS
  ['an attempt under 048', 'ups', ups(['X', 'The customer was not available on the 1st attempt. A 2nd attempt will be made', '48', '048']), 'attempt_failed', 'recipient_not_home', 'forward'],
  ['refused', 'ups', ups(['X', 'The receiver does not want the product and refused the delivery.', 'AF', '013']), 'attempt_failed', 'refused', 'forward'],
  ['an address', 'ups', ups(['X', 'The address is incomplete. This may delay delivery.', 'A3', '013']), 'exception', 'address_incorrect', 'forward'],
  ['closed', 'ups', ups(['X', 'The business was closed at the time of the 1st delivery attempt.', '18', '013']), 'attempt_failed', 'business_closed', 'forward'],
  ['returning', 'ups', ups(['X', 'Returning to Sender', 'X3', '013']), 'rto_initiated', null, 'rto'],
  ['damage', 'ups', ups(['X', 'Damage reported. / The sender will be notified with the details.', 'DR', '013']), 'damaged', 'damaged', 'forward'],
  ['weather under 044', 'ups', ups(['X', 'Severe weather conditions have delayed delivery.', 'DJ', '044']), 'in_transit', 'weather', 'forward'],
  ['a counter', 'ups', ups(['I', 'Ready for Customer Pickup', 'ZP', '005']), 'available_for_pickup', null, 'forward'],
  ['the sender’s drop-off', 'ups', ups(['I', 'Your package is at the UPS Access Point and is scheduled to be tendered to a UPS driver.', 'XX', '005']), 'accepted', null, 'forward'],
  ['a summary by itself', 'ups', '<TrackResponse><Shipment><InquiryNumber><Value>1</Value></InquiryNumber><CurrentStatus><Code>011</Code><Description>Delivered</Description></CurrentStatus></Shipment></TrackResponse>', 'delivered', null, 'forward'],
  ['the post', 'ups', ups(['D', 'Delivered to Post Office', 'PO', '011']), 'in_transit', null, 'forward'],
  // FedEx
  ['words before the code', 'fedex', fedex('DE', '08', 'Shipment Refused by Recipient'), 'attempt_failed', 'refused', 'forward'],
  ['small letters', 'fedex', fedex('de', 'A13', 'x'), 'in_transit', 'redirected', 'forward'],
  ['small letters', 'ups', ups(['d', 'DELIVERED TO UPS ACCESS POINT', 'zz', '011']), 'available_for_pickup', null, 'forward'],
  ['no attempt', 'fedex', fedex('SE', '42', 'Holiday - Business closed - No delivery attempt'), 'exception', 'not_attempted', 'forward'],
  ['papers', 'fedex', fedex('SE', '71', 'Improper or missing paperwork'), 'exception', 'documents', 'forward'],
  ['turned back', 'fedex', fedex('DE', '99', 'Unable to deliver shipment - Returned to shipper'), 'rto_initiated', null, 'rto'],
  ['a result by itself', 'fedex', { trackResults: [{ trackingNumberInfo: { trackingNumber: '1' }, latestStatusDetail: { code: 'OD' }, scanEvents: [] }] }, 'out_for_delivery', null, 'forward'],
  // DHL, GLS
  ['two sentences', 'dhl_unified', dhl(['failure', 'Der Empfänger hat die Annahme der Sendung verweigert. Die Sendung wird an den Absender zurückgesandt.']), 'rto_initiated', 'refused', 'rto'],
  ['not at home', 'dhl_unified', dhl(['failure', 'Die Sendung konnte nicht zugestellt werden. Der Empfänger war nicht anzutreffen.']), 'attempt_failed', 'recipient_not_home', 'forward'],
  ['to the sender', 'dhl_unified', dhl(['delivered', 'The shipment has been delivered to the original sender']), 'rto_delivered', null, 'rto'],
  ['the way back as transit', 'dhl_unified', dhl(['transit', 'RETURN TO SENDER PROCESSED']), 'rto_in_transit', null, 'rto'],
  ['an address as failure', 'dhl_unified', dhl(['failure', 'UNDELIVERABLE AS ADDRESSED']), 'exception', 'address_incorrect', 'forward'],
  ['a delay as failure', 'dhl_unified', dhl(['failure', 'Shipment delayed']), 'in_transit', 'delayed', 'forward'],
  ['customs as transit', 'dhl_unified', dhl(['transit', 'Held in customs']), 'exception', 'customs_hold', 'forward'],
  ['damaged and returned', 'dhl_unified', dhl(['failure', 'The shipment was damaged and is being returned to the sender']), 'rto_initiated', 'damaged', 'rto'],
  ['a threat', 'dhl_unified', dhl(['transit', 'The shipment will be returned to the sender if it is not collected']), 'in_transit', null, 'forward'],
  ['delivered after the return', 'dhl_express', { shipments: [{ shipmentTrackingNumber: '1', events: [{ date: '2024-01-03', time: '10:00:00', typeCode: 'RT' }, { date: '2024-01-06', time: '10:00:00', typeCode: 'OK' }] }] }, 'rto_delivered', null, 'rto'],
  ['a detail', 'gls', glsApi(['INDELIVERY.NORMAL', 'x']), 'out_for_delivery', null, 'forward'],
  ['a detail of DELIVERED', 'gls', glsApi(['DELIVERED.SHIPPER', 'Delivered to shipper']), 'rto_delivered', null, 'rto'],
  ['a detail of DELIVERED without words', 'gls', glsApi(['DELIVERED.NEW', 'x'], ['INTRANSIT', 'x']), 'in_transit', null, 'forward'],
  ['absent', 'gls', glsApi(['NOTDELIVERED', 'Not delivered, consignee absent']), 'attempt_failed', 'recipient_not_home', 'forward'],
  // posts
  ['delivered after the return', 'usps', usps(['01', 'Delivered, Left with Individual'], ['09', 'Return to Sender']), 'rto_delivered', null, 'rto'],
  ['a summary', 'usps', { trackingNumber: '1', statusCategory: 'Delivered', status: 'Delivered', statusSummary: 'Your item was delivered to the original sender at 10:00 am on January 3, 2024 in RENO, NV 89502.' }, 'rto_delivered', null, 'rto'],
  ['customs', 'usps', usps(['IC', 'Inbound Into Customs']), 'in_transit', 'customs_clearance', 'forward'],
  ['delivered after the return', 'canada_post', canadaPost(['1496', 'Item successfully delivered'], ['1419', 'Item unclaimed by recipient; Item being returned to sender']), 'rto_delivered', 'unclaimed', 'rto'],
  ['codes that are new', 'canada_post', canadaPost(['9999', 'Refusé par le destinataire. Article retourné à l’expéditeur']), 'rto_initiated', 'refused', 'rto'],
  ['a final notice', 'canada_post', canadaPost(['9999', 'Final Notice; Item will be returned to sender if not collected within 10 days'], ['0174', 'Item out for delivery']), 'out_for_delivery', null, 'forward'],
  ['French', 'canada_post', canadaPost(['9999', 'Article traité']), 'in_transit', null, 'forward'],
  ['the step that is marked', 'dpd', { parcellifecycleResponse: { parcelLifeCycleData: { shipmentInfo: { parcelLabelNumber: '1' }, statusInfo: [{ status: 'SHIPMENT', isCurrentStatus: false }, { status: 'Courier', isCurrentStatus: true }] } } }, 'out_for_delivery', null, 'forward'],
  ['back after SPR', 'dpd', { parcels: [{ parcelNumber: '1', events: [{ code: 'SPR', date: '04.01.2024', time: '10:00' }, { code: 'DEY', date: '06.01.2024', time: '10:00' }] }] }, 'rto_delivered', null, 'rto'],
  ['no answer', 'royal_mail', { mailPieces: { mailPieceId: '1', events: [{ eventCode: 'NEW', eventName: 'Delivery Attempted - No answer', eventDateTime: `${day(1)}Z` }] } }, 'attempt_failed', 'recipient_not_home', 'forward'],
  ['returned to sender, not yet there', 'australia_post', { tracking_results: [{ tracking_id: '1', trackable_items: [{ article_id: '1', events: [{ description: 'Returned to sender', date: `${day(1)}+11:00` }] }] }] }, 'rto_initiated', null, 'rto'],
  ['under its number', 'ekart', { FMPP00012345: { history: [{ status: 'delivered', event_date: '2024-01-05 10:00:00', cs_notes: 'x' }] } }, 'delivered', null, 'forward'],
  ['a note on a delivery', 'ekart', { FMPP00012345: { history: [{ status: 'delivered', event_date: '2024-01-05 10:00:00', cs_notes: 'marked_as_rto' }] } }, 'rto_delivered', null, 'rto'],
  ['steps as lines', 'dpd', '<Envelope><Body><getTrackingDataResponse><trackingresult><statusInfo><status>SHIPMENT</status><statusHasBeenReached>true</statusHasBeenReached></statusInfo><statusInfo><status>PickedUp</status><statusHasBeenReached>true</statusHasBeenReached><isCurrentStatus>true</isCurrentStatus><date><content>03.01.2024, 08:00</content></date></statusInfo><statusInfo><status>Delivered</status><statusHasBeenReached>false</statusHasBeenReached></statusInfo></trackingresult></getTrackingDataResponse></Body></Envelope>', 'accepted', null, 'forward'],
  ['a delay', 'fedex', fedex('DE', '84', 'Delay beyond our control'), 'in_transit', 'delayed', 'forward'],
  ['a neighbour', 'usps', usps(['ZZ', 'Delivered, Neighbor as Requested']), 'delivered', null, 'forward'],
  ['held', 'usps', usps(['ZZ', 'Held at Post Office, Retrieved from full parcel locker']), 'available_for_pickup', null, 'forward'],
  ['a reminder', 'usps', usps(['ZZ', 'Reminder to Schedule Redelivery of your item'], ['02', 'Notice Left']), 'attempt_failed', 'recipient_not_home', 'forward'],
  ['the web', 'canada_post', { pin: '1', events: [{ cd: '1408', datetime: { date: '2021-03-02', time: '11:12:00', zoneOffset: '-05:00' }, locationAddr: { regionCd: 'ON' }, descEn: 'Delivered' }] }, 'delivered', null, 'forward'],
  ['closed', 'ontrac', '<OnTracShipmentStatus><Packages><Package><Tracking>1</Tracking><Events><Event><Status>DN</Status><Description>DELIVERY ATTEMPTED - BUSINESS CLOSED</Description><EventTime>2024-01-03T10:00:00</EventTime></Event></Events></Package></Packages></OnTracShipmentStatus>', 'attempt_failed', 'business_closed', 'forward'],
  ['the reason beside', 'lasership', { OrderNumber: '1', Events: { DateTime: day(1), EventType: 'Attempted', EventShortText: 'Delivery Attempted', Reason: 'Recipient not home' } }, 'attempt_failed', 'recipient_not_home', 'forward'],
  ['the remark', 'xpost', { tracking_number: '1', status: 'failed_delivery', events: [{ status: 'failed_delivery', remarks: 'Recipient not home', status_updated_at: '2024-01-03 10:00:00+08' }] }, 'attempt_failed', 'recipient_not_home', 'forward'],
]; // prettier-ignore

function only(source: string, body: string | object): ReturnType<typeof readMessage>['shipments'][number] | undefined {
  const { shipments } = readMessage(source, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'poll');
  expect(shipments).toHaveLength(1);
  return shipments[0];
} // prettier-ignore

describe('what a careful person reads in lines that no sample has', () => {
  it.each(ROWS)('%s, %s', (_, source, body, ...expected) => {
    const shipment = only(source, body);
    expect([shipment?.status, shipment?.reason, shipment?.direction]).toEqual(expected);
  });

  it('reads the newest event of a push that has no history', () => {
    const latest_event = { time_iso: `${day(1)}Z`, sub_status: 'OutForDelivery_Other' };
    const track_info = { latest_status: { status: 'OutForDelivery' }, latest_event };
    expect(only('17track', { data: { number: '1', track_info } })?.events).toHaveLength(1);
  });

  it('reads lines once, however their list is spelt', () => {
    const Route = [{ accept_time: '2024-01-03 10:00:00', accept_address: '深圳市', opcode: '50' }];
    const sf = only('sf_express', { Response: { Body: { RouteResponse: { mailno: '1', Route } } } });
    expect(sf?.events.map(({ place }) => place)).toEqual(['深圳市']);
  });

  it.each<[string, string, string | object, string | null]>([
    ['the twin in Greenwich', 'ups', { trackResponse: { shipment: [{ package: [{ trackingNumber: '1', activity: [{ gmtDate: '20240103', gmtTime: '18:30:00', status: { type: 'I' } }] }] }] } }, '2024-01-03T18:30:00.000Z'],
    ['a label beside the time', 'dhl_ecommerce', { packages: [{ package: { trackingId: '1' }, events: [{ date: '2024-01-03', time: '10:00:00', timezone: 'EST', primaryEventId: 600 }] }] }, '2024-01-03T15:00:00.000Z'],
    ['the buyer’s country', 'tnt', '<TrackResponse><Consignment><ConsignmentNumber>1</ConsignmentNumber><OriginCountry><CountryCode>GB</CountryCode></OriginCountry><DestinationCountry><CountryCode>FR</CountryCode></DestinationCountry><StatusData><StatusCode>OK</StatusCode><LocalEventDate>20240103</LocalEventDate><LocalEventTime>1000</LocalEventTime></StatusData></Consignment></TrackResponse>', '2024-01-03T09:00:00.000Z'],
    ['two letters in a parcel for India', 'ship24', { trackings: [{ tracker: { trackingNumber: '1' }, shipment: { originCountryCode: 'CN', destinationCountryCode: 'IN' }, events: [{ occurrenceDatetime: day(3), location: 'Pune, IN' }] }] }, '2024-01-03T04:30:00.000Z'],
    ['a country alone', 'ship24', { trackings: [{ tracker: { trackingNumber: '1' }, shipment: {}, events: [{ occurrenceDatetime: day(3), location: 'DE' }] }] }, '2024-01-03T09:00:00.000Z'],
    ['a state before the country and a post code', '17track', { data: { number: '1', track_info: { latest_event: { time_raw: { date: '2024-01-03', time: '10:00' }, location: 'CHICAGO, IL, US, 60601' } } } }, '2024-01-03T16:00:00.000Z'],
    ['a country in brackets', 'dpd', { parcels: [{ parcelNumber: '1', events: [{ code: 'DEY', date: day(3), location: 'Hamburg (DE)' }] }] }, '2024-01-03T09:00:00.000Z'],
  ])('knows the instant by %s, %s', (_, source, body, at) => {
    expect(only(source, body)?.events[0]?.time.at?.toISOString()).toBe(at);
  }); // prettier-ignore
});
