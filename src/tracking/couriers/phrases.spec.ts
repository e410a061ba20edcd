import { LANGUAGES } from './languages.translate.ts';
import { byPhrase } from './mapping.translate.ts';
import { ENGLISH } from './phrases.translate.ts';

const LINES: Readonly<Record<string, readonly string[]>> = {
  'delivered -': ['Delivered and Signed', 'Delivered to safe place', 'Delivered to a neighbour', 'Parcel handed over to the recipient', 'Delivery successful', 'Shipment delivered to consignee', 'Left in safe place', 'Collected by customer from ParcelShop', 'Picked up by recipient at parcel shop', 'Your parcel has been delivered to your neighbour'],
  'out_for_delivery -': ['Courier is out for delivery', 'With driver for delivery', 'The parcel is on the delivery vehicle', 'Out for Delivery, Expected Delivery by 9:00pm'],
  'attempt_failed recipient_not_home': ['Customer not at home, card left', 'We attempted to deliver but nobody was available', 'Carded'],
  'attempt_failed business_closed': ['Closed on arrival', 'Business closed on delivery attempt', 'Delivery attempted - business closed'],
  'attempt_failed -': ['Delivery not successful', 'Parcel could not be delivered'],
  'exception address_incorrect': ['Address incorrect', 'Recipient unknown at this address'],
  'exception customs_hold': ['Customs clearance delay'],
  'available_for_pickup -': ['Awaiting collection', 'Delivered to parcel locker', 'Parcel is ready for pickup in the parcel shop', 'Awaiting pickup by the recipient', 'The parcel has arrived at the pick-up point'],
  'rto_initiated -': ['Returned to sender', 'Parcel returned to origin'],
  'rto_initiated unclaimed': ['Returned to sender - unclaimed'],
  'rto_initiated refused': ['Returned to sender: refused by recipient'],
  'rto_in_transit -': ['The parcel is on its way back to the sender'],
  'rto_delivered -': ['Return delivered to sender', 'Parcel returned and delivered to sender', 'Delivered back to shipper'],
  'lost lost': ['Shipment lost in transit'],
  'in_transit -': ['At delivery depot', 'Customs clearance completed', 'Sorted'],
  'accepted -': ['Parcel picked up', 'Package accepted by courier', 'Received by carrier'],
  'label_created -': ['Information received', 'Parcel announced', 'Awaiting item'],
  'pickup_failed -': ['Pickup failed'],
  'cancelled -': ['Shipment cancelled by sender'],
}; // prettier-ignore

describe('lines that have no code', () => {
  const rows = Object.entries(LINES).flatMap(([meaning, lines]) => lines.map((line) => [line, meaning] as const));
  it.each(rows)('%s: %s', (line, meaning) => {
    const read = byPhrase(ENGLISH, line);
    expect(`${read?.status ?? '-'} ${read?.reason ?? '-'}`).toBe(meaning);
  });

  it.each([
    'Not delivered to recipient',
    'Will be delivered to the customer',
    'Delivered to a neighbour if nobody is at home',
    'Awaiting collection by courier',
    'Will be returned to sender if not collected',
    'Undeliverable',
    'Return to sender label printed',
  ])('makes nothing of %s', (line) => {
    expect(byPhrase(ENGLISH, line)?.status ?? null).toBeNull();
  });
});

/** Only a line that says whose door it was is an arrival: "returned to sender" alone may be the start. */
describe('lines in other languages', () => {
  it.each([
    ['Devuelto al remitente', 'rto_initiated'],
    ['El envío ha sido devuelto al remitente', 'rto_initiated'],
    ['Objeto devolvido ao remetente', 'rto_initiated'],
    ['La spedizione è stata restituita al mittente', 'rto_initiated'],
    ['Przesyłka zwrócona do nadawcy', 'rto_initiated'],
    ['Die Sendung wurde an den Absender zurückgesandt', 'rto_initiated'],
    ['Entregado al remitente', 'rto_delivered'],
    ['Objeto entregue ao remetente', 'rto_delivered'],
    ['Consegnata al mittente', 'rto_delivered'],
    ['Przesyłka doręczona do nadawcy', 'rto_delivered'],
    ['Die Rücksendung wurde dem Absender zugestellt.', 'rto_delivered'],
    ['Der Empfänger hat die Sendung in der Filiale abgeholt.', 'delivered'],
    ['Die Sendung wurde aus der PACKSTATION abgeholt.', 'delivered'],
    ['Die Sendung wurde nicht abgeholt.', 'exception'],
    ['Die Sendung befindet sich in der Zustellung.', 'out_for_delivery'],
    ['Der Empfänger ist unbekannt.', 'exception'],
    ['Votre colis a été remis à votre voisin', 'delivered'],
    ['Le colis a été retiré par le destinataire', 'delivered'],
    ['Paczka doręczona', 'delivered'],
    ['Przesyłka odebrana przez odbiorcę', 'delivered'],
    ['Zending afgehaald bij PostNL locatie', 'delivered'],
    ['Zending opgehaald bij afzender', 'accepted'],
    ['Zending opgehaald bij PostNL afhaalpunt', 'delivered'],
    ['Zending opgehaald bij klant', undefined],
    ['Paczka odebrana w punkcie nadania', undefined],
    ['Zending niet afgehaald', 'exception'],
    ['Entrega efectuada', 'delivered'],
  ])('%s: %s', (line, status) => {
    expect(byPhrase(LANGUAGES, line)?.status).toBe(status);
  });
});
