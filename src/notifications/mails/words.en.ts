import type { OrderFacts, PackageFacts, Words } from './words.ts';

const parcels = ({ packages }: OrderFacts): [string, string][] =>
  packages.map(({ courier, trackingNumber, items }, index) => [
    packages.length === 1 ? 'Package' : `Package ${index + 1}`,
    [items, courier, trackingNumber].filter((part) => part !== null).join(', '),
  ]);

const goods = ({ items, total }: OrderFacts): [string, string][] => [
  ...items.map(({ title, quantity, paid }): [string, string] => [`${quantity} x ${title}`, paid]),
  ['Total', total],
];

const about = ({ reference, courier, trackingNumber, items, reason }: PackageFacts): [string, string][] => [
  ['Order', reference],
  ['Package', items],
  ...(courier === null ? [] : [['Courier', courier] as [string, string]]),
  ...(trackingNumber === null ? [] : [['Tracking number', trackingNumber] as [string, string]]),
  ...(reason === null ? [] : [['Reason', reason.replaceAll('_', ' ')] as [string, string]]),
];

export const english: Words = {
  orderConfirmed: (order) => ({
    subject: `Order ${order.reference} is confirmed`,
    paragraphs: [`Your order ${order.reference} is paid from your wallet and goes to the warehouse.`],
    facts: [...goods(order), ...parcels(order)],
  }),
  orderWaiting: (order) => ({
    subject: `Order ${order.reference} waits for money`,
    paragraphs: [
      `Your wallet is short for the order ${order.reference}. Its goods are reserved; it is paid by itself as soon as there is enough money, and cancelled if none comes in time.`,
    ],
    facts: goods(order),
  }),
  orderShipped: (order) => ({
    subject: `Order ${order.reference} is shipped`,
    paragraphs: [`Every package of your order ${order.reference} is with its courier.`],
    facts: parcels(order),
  }),
  packageDelivered: (parcel) => ({
    subject: `Order ${parcel.reference}: a package is delivered`,
    paragraphs: ['The courier reports that the package reached your buyer.'],
    facts: about(parcel),
  }),
  deliveryAttemptFailed: (parcel) => ({
    subject: `Order ${parcel.reference}: a delivery failed`,
    paragraphs: [
      'The courier could not deliver the package. You can say what it should do next: try again, change the address, hold it for pickup or send it back.',
    ],
    facts: about(parcel),
  }),
  rtoInitiated: (parcel) => ({
    subject: `Order ${parcel.reference}: a package is coming back`,
    paragraphs: ['The courier is returning the package to the warehouse.'],
    facts: about(parcel),
  }),
  rtoDelivered: (parcel) => ({
    subject: `Order ${parcel.reference}: a package came back`,
    paragraphs: [
      'The courier brought the package back to the warehouse. What the policy gives back for it is credited by itself.',
    ],
    facts: about(parcel),
  }),
  refunded: ({ amount, balance, lines }) => ({
    subject: `${amount} were credited to your wallet`,
    paragraphs: [`A refund of ${amount} is in your wallet. You have ${balance} now.`],
    facts: lines,
  }),
  topUpReceived: ({ amount, reference }) => ({
    subject: `Your top-up of ${amount} has arrived`,
    paragraphs: [
      `The top-up ${reference} is in your wallet. Orders that were waiting for money are paid now, oldest first.`,
    ],
  }),
  lowBalance: ({ available, limit, daysLeft }) => ({
    subject: `Your balance is low: ${available}`,
    paragraphs: [
      `Your wallet has ${available} left, less than the ${limit} at which you asked to be told.`,
      ...(daysLeft === null
        ? []
        : [`At the pace of the last 30 days it lasts for ${daysLeft} ${daysLeft === 1 ? 'day' : 'days'}.`]),
    ],
  }),
  webhookDisabled: ({ url, reason }) => ({
    subject: 'A webhook endpoint was disabled',
    paragraphs: [
      reason === 'gone'
        ? `Your endpoint ${url} answered 410 Gone: nothing is sent to it any more.`
        : `Nothing could be delivered to your endpoint ${url} for three days: nothing is sent to it any more.`,
      'Mend it, enable it again, and have what it missed sent again, or read it in the event feed (GET /v1/events): no event is lost.',
    ],
  }),
  signature: 'Waybill. You get this because your merchant account names this address.',
};
