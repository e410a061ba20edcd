import { readMessage } from '../sources.translate.ts';

/** Answers in the form that each courier publishes, shortened. */
const PAYLOADS: readonly [source: string, body: object | string, number: string | null, status: string, reason: string | null, direction: string, events: number, newest: string | null][] = [
  ['laposte', { returnCode: 200, shipment: { idShip: '8R12345678901', event: [
    { code: 'DI1', label: 'Votre colis est livré.', date: '2024-03-05T10:23:00+01:00' }, { code: 'MD2', label: 'En cours de livraison', date: '2024-03-05T07:00:00+01:00' },
    { code: 'DR1', label: 'Déclaratif réceptionné', date: '2024-03-03T18:00:00+01:00' } ] } }, '8R12345678901', 'delivered', null, 'forward', 3, '2024-03-05T09:23:00.000Z'],
  ['laposte', { shipment: { idShip: '1', event: [{ code: 'DI2', label: 'Remis', date: '2024-03-09T10:00:00+01:00' }, { code: 'RE1', label: 'Retour', date: '2024-03-07T10:00:00+01:00' }] } }, '1', 'rto_delivered', null, 'rto', 2, '2024-03-09T09:00:00.000Z'],
  ['laposte', { returnCode: 404, returnMessage: 'Ressource inconnue', idShip: '8R9' }, '8R9', 'unknown', null, 'forward', 0, null],
  ['chronopost', `<soap:Envelope xmlns:soap="s"><soap:Body><ns:trackSkybillV2Response xmlns:ns="n"><return><errorCode>0</errorCode><listEventInfoComp>
    <events><code>DC</code><eventDate>2024-03-04T18:00:00</eventDate><eventLabel>En préparation</eventLabel></events><events><code>D</code><eventDate>2024-03-05T10:00:00</eventDate><eventLabel>Livré</eventLabel><officeLabel>PARIS</officeLabel></events>
    <skybillNumber>XY123</skybillNumber></listEventInfoComp></return></ns:trackSkybillV2Response></soap:Body></soap:Envelope>`, 'XY123', 'delivered', null, 'forward', 2, '2024-03-05T09:00:00.000Z'],
  ['bpost', { items: [{ itemCode: '3232', processOverview: { activeStepTextKey: 'RETOUR_DELIVERED' }, events: [{ date: '2024-03-05', time: '10:34', key: { EN: { description: 'Something new' } }, location: { locationName: 'GENT', countryCode: 'BE' } }] }] }, '3232', 'rto_delivered', null, 'rto', 1, '2024-03-05T09:34:00.000Z'],
  ['bpost', { items: [{ itemCode: '3232', events: [{ date: '2024-03-05', time: '10:34', eventCode: 'undelivered.advised-addressee_absent_message_left' }] }] }, '3232', 'attempt_failed', 'recipient_not_home', 'forward', 1, '2024-03-05T09:34:00.000Z'],
  ['royal_mail', { mailPieces: [{ mailPieceId: '090367574000000FE1E1B', summary: { oneDBarcode: 'FQ087430672GB', lastEventCode: 'EVNMI', statusCategory: 'IN TRANSIT' }, events: [{ eventCode: 'EVNMI', eventName: 'Forwarded - Mis-sort', eventDateTime: '2024-07-20T10:04:00+01:00', locationName: 'Stafford DO' }] }] }, '090367574000000FE1E1B', 'in_transit', 'missorted', 'forward', 1, '2024-07-20T09:04:00.000Z'],
  ['australia_post', { tracking_results: [{ tracking_id: '7XX1000', status: 'Delivered', trackable_items: [{ article_id: '7XX1000634', status: 'Delivered', events: [{ location: 'ALEXANDRIA NSW', description: 'Delivered', date: '2024-05-30T14:43:09+10:00' }, { location: 'ALEXANDRIA NSW', description: 'On Board for Delivery', date: '2024-05-30T06:08:51+10:00' }] }] }] }, '7XX1000634', 'delivered', null, 'forward', 2, '2024-05-30T04:43:09.000Z'],
  ['australia_post', { tracking_results: [{ tracking_id: '7XX1', errors: [{ code: 'ESB-10001', name: 'Invalid tracking ID' }] }] }, '7XX1', 'unknown', null, 'forward', 0, null],
  ['dpd', { parcellifecycleResponse: { parcelLifeCycleData: { shipmentInfo: { parcelLabelNumber: '0123' }, scanInfo: { scan: [{ date: '2024-03-04T08:00:00', scanType: { code: 'DLO', name: 'Out' }, scanData: { location: 'Hamburg' } }, { date: '2024-03-04T12:00:00', scanType: { code: 'DODEI', name: 'PUDO' } }] } } } }, '0123', 'available_for_pickup', null, 'forward', 2, null],
  ['dpd', { parcels: [{ parcelNumber: '9', events: [{ code: 'DLR', date: '2024-03-04T12:00:00Z', description: 'x' }] }] }, '9', 'attempt_failed', 'returned_to_depot', 'forward', 1, '2024-03-04T12:00:00.000Z'],
  ['cainiao', { module: [{ mailNo: 'LP00123', detailList: [{ time: 1709544000000, timeStr: '2024-03-04 17:20:00', actionCode: 'GTMS_STA_SIGNED', standerdDesc: 'Signed', timeZone: 'GMT+8' }, { timeStr: '2024-03-01 10:00:00', actionCode: 'PU_PICKUP_SUCCESS', timeZone: 'GMT+8' }] }], success: true }, 'LP00123', 'available_for_pickup', null, 'forward', 2, '2024-03-04T09:20:00.000Z'],
  ['sendle', { state: 'Delivered', sendle_reference: 'S123', tracking_events: [{ event_type: 'Pickup Attempted', scan_time: '2024-03-01T01:00:00Z' }, { event_type: 'Pickup', scan_time: '2024-03-02T01:00:00Z' }, { event_type: 'Return to Sender', scan_time: '2024-03-04T01:00:00Z' }, { event_type: 'Delivered', scan_time: '2024-03-05T01:00:00Z' }] }, 'S123', 'rto_delivered', null, 'rto', 4, '2024-03-05T01:00:00.000Z'],
  ['sf_express', { apiResultCode: 'A1000', apiResultData: JSON.stringify({ success: true, msgData: { routeResps: [{ mailNo: 'SF1', routes: [{ acceptAddress: '深圳', acceptTime: '2024-03-01 10:00:00', opCode: '50', remark: '已派件' }, { acceptTime: '2024-03-02 10:00:00', opCode: '80', remark: '已签收' }] }] } }) }, 'SF1', 'delivered', null, 'forward', 2, '2024-03-02T02:00:00.000Z'],
  ['yanwen', { code: 0, result: [{ tracking_number: 'YT1', tracking_status: 'SC20', checkpoints: [{ time_stamp: '2024-03-01 10:00:00', time_zone: '+08:00', tracking_status: 'PU10', message: 'Yanwen Acceptance', location: 'SHENZHEN' }] }] }, 'YT1', 'accepted', null, 'forward', 1, '2024-03-01T02:00:00.000Z'],
  ['ekart', { data: { tracking_id: 'FMPP1', history: [{ status: 'delivered', event_date: '2024-03-05 10:00:00', rto: true, city: 'Pune' }] } }, 'FMPP1', 'rto_delivered', null, 'rto', 1, '2024-03-05T04:30:00.000Z'],
  ['clickpost', { waybill: '34', clickpost_status_code: 9, clickpost_status_description: 'FailedDelivery', timestamp: '2024-03-05 10:00:00', additional: { ndr_status_code: 2 }, location: 'Delhi' }, '34', 'attempt_failed', 'refused', 'forward', 1, '2024-03-05T04:30:00.000Z'],
  ['clickpost', { meta: { status: 200 }, result: { '35': { valid: true, latest_status: { clickpost_status_code: 14 }, scans: [{ clickpost_status_code: 14, timestamp: '2024-03-05T10:00:00Z', remark: 'RTO delivered' }, { clickpost_status_code: 12, timestamp: '2024-03-03T10:00:00Z', remark: 'RTO' }] } } }, '35', 'rto_delivered', null, 'rto', 2, '2024-03-05T10:00:00.000Z'],
  ['dhl_paket', `<data name="piece-shipment-list" code="0"><data name="piece-shipment" piece-code="00340434161094000000" ruecksendung="true" standard-event-code="ZU"><data name="piece-event-list">
    <data name="piece-event" event-timestamp="04.03.2024 08:00" event-status="In Zustellung" standard-event-code="PO" ruecksendung="true" event-location="Bonn"/>
    <data name="piece-event" event-timestamp="05.03.2024 11:02" event-status="Zugestellt" standard-event-code="ZU" ruecksendung="true" event-location="Bonn" event-country="Deutschland"/></data></data></data>`, '00340434161094000000', 'rto_delivered', null, 'rto', 2, '2024-03-05T10:02:00.000Z'],
  ['17track', { code: 0, data: { accepted: [], rejected: [{ number: 'RR1', error: { code: -18019902 } }] } }, 'RR1', 'unknown', null, 'forward', 0, null],
  ['17track', { event: 'TRACKING_STOPPED', data: { number: 'RR2', carrier: 3011, param: null, tag: '' } }, 'RR2', 'unknown', null, 'forward', 0, null],
  ['shiprocket', { 19041424: { tracking_data: { shipment_status: 7, shipment_track: [{ awb_code: '19041424', current_status: 'Delivered' }], shipment_track_activities: [{ date: '2019-08-01 12:00:00', activity: 'Delivered' }] } } }, '19041424', 'delivered', null, 'forward', 1, '2019-08-01T06:30:00.000Z'],
  ['tnt', '<TrackResponse><Consignment><ConsignmentNumber>1</ConsignmentNumber><OriginCountryCode>GB</OriginCountryCode><DestinationCountryCode>GB</DestinationCountryCode><StatusData><StatusCode>OK</StatusCode><StatusDescription>Delivered In Good Condition</StatusDescription><LocalEventDate>20240305</LocalEventDate><LocalEventTime>1430</LocalEventTime><Depot>LON</Depot></StatusData></Consignment></TrackResponse>', '1', 'delivered', null, 'forward', 1, '2024-03-05T14:30:00.000Z'],
  ['dhl_unified', { shipments: [{ id: '1', service: 'express', events: [{ timestamp: '2024-03-05T10:00:00+01:00', statusCode: 'transit', description: 'Devuelto al remitente' }] }] }, '1', 'rto_initiated', null, 'rto', 1, '2024-03-05T09:00:00.000Z'],
  ['gls', { parcels: [{ trackid: '1', status: 'INTRANSIT', events: [{ timestamp: '2024-03-05T10:00:00', description: 'Destinatario assente', country: 'IT' }] }] }, '1', 'attempt_failed', 'recipient_not_home', 'forward', 1, '2024-03-05T09:00:00.000Z'],
  ['ups', { statusCode: '200', trackDetails: [{ trackingNumber: '1Z9', packageStatus: 'Delivered', shipmentProgressActivities: [{ date: '05/03/2024', time: '10:15 A.M.', location: 'Reno, NV, US', activityScan: 'DELIVERED', gmtDate: '20240503', gmtTime: '17:15:00', gmtOffset: '-07:00' }, { date: null, activityScan: null }] }] }, '1Z9', 'delivered', null, 'forward', 1, '2024-05-03T17:15:00.000Z'],
  ['dhl_express', { shipments: [{ id: '00', service: 'express', status: { statusCode: 'failure' }, events: [{ timestamp: '2024-03-05T10:00:00-05:00', statusCode: 'transit', description: 'Shipment is out with courier for delivery' }] }] }, '00', 'out_for_delivery', null, 'forward', 1, '2024-03-05T15:00:00.000Z'],
  ['postnl', { colli: { '3S1': { barcode: '3S1', isDelivered: true, statusPhase: { index: 4, message: 'Pakket is bezorgd' }, observations: [{ observationDate: '2024-03-05T10:00:00+01:00', observationCode: 'I01', description: 'Pakket is bezorgd' }] } } }, '3S1', 'delivered', null, 'forward', 1, '2024-03-05T09:00:00.000Z'],
  ['trackingmore', { code: 200, data: { tracking_number: 'T1', courier_code: 'usps', delivery_status: 'delivered', substatus: 'delivered001', origin_info: { trackinfo: [{ checkpoint_date: '2024-03-05 10:00:00', checkpoint_delivery_status: 'delivered', checkpoint_delivery_substatus: 'delivered001', tracking_detail: 'Delivered', state: 'IL', country_iso2: 'US' }] } } }, 'T1', 'delivered', null, 'forward', 1, '2024-03-05T16:00:00.000Z'],
]; // prettier-ignore

describe('couriers of which only the published form is known', () => {
  it.each(PAYLOADS)('%#: %s', (source, body, ...expected) => {
    const { shipments } = readMessage(source, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), 'poll');
    const [one] = shipments;
    const newest = (one?.events ?? []).flatMap(({ time }) => time.at?.toISOString() ?? []).sort().at(-1) ?? null;
    expect(shipments).toHaveLength(1);
    expect([one?.number, one?.status, one?.reason, one?.direction, one?.events.length, newest]).toEqual(expected);
  }); // prettier-ignore

  it.each(['未妥投', '退件未妥投', '明日派送', '将退回寄件人'])('does not take %s for a delivery or a return', (remark) => {
    const body = { routeResps: [{ mailNo: 'SF1', routes: [{ acceptTime: '2024-03-01 10:00:00', opCode: '99', remark }] }] };
    const [one] = readMessage('sf_express', Buffer.from(JSON.stringify(body)), 'poll').shipments;
    expect(['unknown', 'attempt_failed']).toContain(one?.status);
  }); // prettier-ignore
});
