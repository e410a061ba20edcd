import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { Config } from '../config.ts';
import { invalidField } from '../kernel/errors.ts';

const DNS_MS = 2_000;
const DNS_TRIES = 2;

/** Where a webhook may go: an address, and the addresses that were checked and are the only ones connected to. */
export interface Target {
  url: URL;
  addresses: { address: string; family: 4 | 6 }[];
}

/** The address of an endpoint leads nowhere, or where webhooks do not go. `reason` is shown to the merchant. */
export class NoTarget extends Error {
  constructor(readonly reason: 'not_https' | 'not_public' | 'credentials' | 'unreadable' | 'name_not_found') {
    super(reason);
  }
}

const SENTENCES: Readonly<Record<NoTarget['reason'], string>> = {
  not_https: 'A webhook goes to https only.',
  not_public: 'A webhook goes to public addresses only.',
  credentials: 'The address must not hold a user or a password.',
  unreadable: 'This is no address such as https://shop.example/webhooks.',
  name_not_found: 'The name is not known.',
};

/**
 * Keeps webhooks from reaching what is not public (reliability.md, Security settings): checked when an endpoint is
 * made and at each send, addresses written as such too, resolved once, and what was checked is what is connected to.
 */
@Injectable()
export class Targets {
  /** Asks the name servers itself: the system's look-up would take one of Node's four threads for each slow name. */
  private readonly resolver = new Resolver({ timeout: DNS_MS, tries: DNS_TRIES });

  constructor(private readonly config: Config) {}

  /**
   * For an endpoint that is being made: a name that is not known yet is taken, each send asks again.
   * @throws InvalidFields it leads where webhooks do not go
   */
  async check(text: string): Promise<string> {
    try {
      return (await this.find(text)).url.toString();
    } catch (error) {
      if (!(error instanceof NoTarget)) throw error;
      const later = error.reason === 'name_not_found' ? parse(text) : null;
      if (later?.protocol === 'https:') return later.toString();
      const reason = later === null ? error.reason : 'not_https';
      throw invalidField('/url', reason, SENTENCES[reason]);
    }
  }

  /** @throws NoTarget */
  async find(text: string): Promise<Target> {
    const url = parse(text);
    if (url.protocol !== 'https:' && !(this.config.webhookAllowLocal && url.protocol === 'http:'))
      throw new NoTarget('not_https');
    const addresses = await this.addressesOf(url.hostname.replace(/^\[|\]$/g, ''));
    const local = addresses.every((address) => rangeOf(address) === 'loopback');
    if (!addresses.every((address) => this.mayReach(address))) throw new NoTarget('not_public');
    if (url.protocol === 'http:' && !local) throw new NoTarget('not_https');
    return { url, addresses: addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })) };
  }

  private mayReach(address: string): boolean {
    const range = rangeOf(address);
    return range === 'public' || (this.config.webhookAllowLocal && range === 'loopback');
  }

  private async addressesOf(host: string): Promise<string[]> {
    if (ipaddr.isValid(host)) return [host];
    if (/(^|\.)localhost\.?$/i.test(host)) return ['127.0.0.1', '::1'];
    const answers = await Promise.allSettled([this.resolver.resolve4(host), this.resolver.resolve6(host)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length === 0) throw new NoTarget('name_not_found');
    return found;
  }
}

/** @throws NoTarget */
function parse(text: string): URL {
  if (!URL.canParse(text)) throw new NoTarget('unreadable');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new NoTarget('not_https');
  if (url.username !== '' || url.password !== '') throw new NoTarget('credentials');
  url.hash = '';
  return url;
}

/** IPv6 that anybody can reach is all in 2000::/3; addresses of IPv4 in IPv6's clothes are read as IPv4. */
function rangeOf(text: string): 'public' | 'loopback' | 'other' {
  const address = ipaddr.process(text);
  const range = address.range();
  if (range === 'loopback') return 'loopback';
  if (range !== 'unicast') return 'other';
  return address.kind() === 'ipv4' || ((address.toByteArray()[0] ?? 0) & 0xe0) === 0x20 ? 'public' : 'other';
}
