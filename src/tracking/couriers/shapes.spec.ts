import { readMessage } from '../sources.translate.ts';

const usps = (...rows: [code: string, event: string, date: string][]): string =>
  `<TrackResponse><TrackInfo ID="9"><StatusCategory>Alert</StatusCategory>${rows
    .map(([code, event, date], row) => {
      const name = row === 0 ? 'TrackSummary' : 'TrackDetail';
      return `<${name}><EventTime>10:00 am</EventTime><EventDate>${date}</EventDate><Event>${event}</Event><EventCode>${code}</EventCode></${name}>`;
    })
    .join('')}</TrackInfo></TrackResponse>`;

const fedex = (...rows: [type: string, text: string, code?: string, why?: string][]): string =>
  `<TrackReply><TrackDetails><TrackingNumber>1</TrackingNumber>${rows
    .map(([type, text, code, why], row) => {
      const exception =
        code === undefined
          ? ''
          : `<StatusExceptionCode>${code}</StatusExceptionCode><StatusExceptionDescription>${why ?? ''}</StatusExceptionDescription>`;
      return `<Events><Timestamp>2014-01-0${String(9 - row)}T10:00:00-05:00</Timestamp><EventType>${type}</EventType><EventDescription>${text}</EventDescription>${exception}</Events>`;
    })
    .join('')}</TrackDetails></TrackReply>`;

const gls = (statusInfo: string, ...texts: string[]): object => ({
  tuStatus: [
    {
      tuNo: '1',
      progressBar: { statusInfo },
      history: texts.map((evtDscr, row) => ({ date: `2024-01-0${String(9 - row)}`, time: '10:00:00', evtDscr })),
    },
  ],
});

const ups = (...rows: [type: string, code: string, description: string][]): object => ({
  trackResponse: {
    shipment: [
      {
        package: [
          {
            trackingNumber: '1Z',
            activity: rows.map(([type, code, description], row) => ({
              date: `2024010${String(9 - row)}`,
              time: '100000',
              status: { type, code, description },
            })),
          },
        ],
      },
    ],
  },
});

const canadaPost = (...rows: [code: string, text: string][]): string =>
  `<tracking-detail><pin>1</pin><significant-events>${rows
    .map(
      ([code, text], row) =>
        `<occurrence><event-identifier>${code}</event-identifier><event-date>2024-01-0${String(9 - row)}</event-date><event-time>10:00:00</event-time><event-description>${text}</event-description></occurrence>`,
    )
    .join('')}</significant-events></tracking-detail>`;

describe('what the formats allow beyond the samples', () => {
  it.each<[string, string, string | object, string, string | null, string]>([
    ['a return with its cause', 'usps', usps(['01', 'Delivered, To Original Sender', 'May 9, 2024'], ['31', 'Return to Sender Processed', 'May 7, 2024'], ['21', 'No Such Number', 'May 5, 2024']), 'rto_delivered', 'address_incorrect', 'rto'],
    ['unclaimed', 'usps', usps(['27', 'Unclaimed/Being Returned to Sender', 'May 9, 2024'], ['02', 'Notice Left', 'May 5, 2024']), 'rto_initiated', 'unclaimed', 'rto'],
    ['waiting after an attempt', 'usps', usps(['14', 'Available for Pickup', 'May 9, 2024'], ['02', 'Notice Left', 'May 5, 2024']), 'available_for_pickup', 'recipient_not_home', 'forward'],
    ['undeliverable', 'usps', usps(['05', 'Undeliverable as Addressed', 'May 9, 2024']), 'exception', 'address_incorrect', 'forward'],
    ['a record that is none', 'usps', '<TrackResponse><TrackInfo ID="1"><TrackSummary>There is no record of that mail item.</TrackSummary></TrackInfo></TrackResponse>', 'unknown', null, 'forward'],
    ['a code whose words say otherwise', 'fedex', fedex(['DE', 'Delivery exception', '07', 'Recipient refused']), 'attempt_failed', 'refused', 'forward'],
    ['a code without words', 'fedex', fedex(['DE', 'Delivery exception', '07', '']), 'attempt_failed', 'recipient_not_home', 'forward'],
    ['a DL after RS', 'fedex', fedex(['DL', 'Delivered'], ['RS', 'Returning package to shipper', '099', 'Unable to deliver'], ['DE', 'Delivery exception', '007', 'Customer not available']), 'rto_delivered', 'recipient_not_home', 'rto'],
    ['an incorrect address', 'fedex', fedex(['DE', 'Delivery exception', '03', 'Incorrect address']), 'exception', 'address_incorrect', 'forward'],
    ['a type that is new', 'fedex', fedex(['ZZ', 'Something new']), 'unknown', null, 'forward'],
    ['refused, the code coarse', 'dhl_unified', { shipments: [{ id: '1', events: [{ timestamp: '2024-03-02T07:53:47Z', statusCode: 'failure', status: 'CONSIGNEE REFUSED', description: 'Refused' }] }] }, 'attempt_failed', 'refused', 'forward'],
    ['a shipment without scans', 'shiprocket', { awb: '1', shipment_status_id: 10, scans: 'NA' }, 'rto_delivered', null, 'rto'],
    ['German', 'gls', gls('INDELIVERY', 'Das Paket befindet sich in der Zustellung.', 'Das Paket hat das Paketzentrum verlassen.'), 'out_for_delivery', null, 'forward'],
    ['a language that is new, by the summary', 'gls', gls('DELIVERED', 'Csomag kézbesítve.', 'Das Paket hat das Paketzentrum verlassen.'), 'delivered', null, 'forward'],
    ['an access point', 'ups', ups(['D', 'ZP', 'Delivered to UPS Access Point™ '], ['I', 'OF', 'Out For Delivery Today']), 'available_for_pickup', null, 'forward'],
    ['refused and returned', 'ups', ups(['X', 'AA', 'The receiver has refused the delivery and the package will be returned to the sender.']), 'rto_initiated', 'refused', 'rto'],
    ['back at the shipper', 'ups', ups(['D', 'FS', 'DELIVERED'], ['X', 'A1', 'The package is being returned to the sender']), 'rto_delivered', null, 'rto'],
    ['French, with codes that are new', 'canada_post', canadaPost(['9999', 'Article livré'], ['9998', 'Article en cours de livraison']), 'delivered', null, 'forward'],
    ['returned with the reason', 'canada_post', canadaPost(['9999', 'Recipient not located at address provided. Item being returned to sender']), 'rto_initiated', null, 'rto'],
    ['no history', 'canada_post', '<messages><message><code>004</code></message></messages>', 'unknown', null, 'forward'],
    ['a delivery after a return', 'postnl', { CompleteStatus: { Shipment: { Barcode: '3S', Event: [
      { Code: 'X', Description: 'Zending is bezorgd', TimeStamp: '28-03-2021 15:06:53' }, { Code: 'Y', Description: 'Zending retour afzender', TimeStamp: '26-03-2021 15:06:53' },
    ], Status: {} } } }, 'rto_delivered', null, 'rto'],
  ])('%s, %s', (_, source, body, status, reason, direction) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const [shipment] = readMessage(source, bytes, 'poll').shipments;
    expect([shipment?.status, shipment?.reason, shipment?.direction]).toEqual([status, reason, direction]);
  }); // prettier-ignore
});
