import ipaddr from 'ipaddr.js';

/** An address or a network, as `203.0.113.7` or `2001:db8::/32`; not `203.0.7`, which means another one than it seems. */
export function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/');
  if (!address.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(address)) return false;
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}

/**
 * Is the address in one of the networks? IPv4 in IPv6's clothes is IPv4.
 * @param networks null: everywhere
 */
export function isWithin(address: string, networks: readonly string[] | null): boolean {
  if (networks === null) return true;
  if (!ipaddr.isValid(address)) return false;
  const caller = ipaddr.process(address);
  return networks.some((network) => {
    const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : whole(network);
    return base.kind() === caller.kind() && caller.match(base, bits);
  });
}

function whole(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
