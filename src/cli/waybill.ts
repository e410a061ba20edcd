#!/usr/bin/env node
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { Webhook } from 'standardwebhooks';
import { realNow } from '../kernel/clock.ts';
import { connectTo, events, ok, WaybillError, type WaybillEvent } from '../sdk/client.ts';

const SETTINGS = path.join(os.homedir(), '.config', 'waybill', 'cli.json');
const OWNER_ONLY = 0o600;

interface Login {
  baseUrl: string;
  key: string;
}

/** The paths that the commands use, as far as they need to be known. */
type Calls = Record<string, Record<'get' | 'post', never>>;

/** What the client does, by any path: the commands show answers as they come. */
interface Wire {
  GET(path: string, init?: object): Promise<{ data?: unknown; error?: unknown; response: Response }>;
  POST(path: string, init?: object): Promise<{ data?: unknown; error?: unknown; response: Response }>;
}

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** @throws Error nobody has logged in */
function login(): Login {
  if (!fs.existsSync(SETTINGS)) throw new Error('Log in first: waybill login --url http://localhost:3000 --key wb_…');
  return JSON.parse(fs.readFileSync(SETTINGS, 'utf8')) as Login;
}

const wire = (given: Login = login()): Wire => connectTo<Calls>(given);

const program = new Command('waybill').description('Waybill from a terminal: what the SDK does, for people.');

program
  .command('login')
  .description('keeps the service’s address and your key, readable by you alone')
  .requiredOption('--url <url>', 'where the service is', 'http://localhost:3000')
  .requiredOption('--key <key>', 'an API key, wb_…')
  .action(async ({ url, key }: { url: string; key: string }) => {
    const given = { baseUrl: url, key };
    const merchant = (await ok(wire(given).GET('/v1/merchant'))) as { name?: string };
    fs.mkdirSync(path.dirname(SETTINGS), { recursive: true });
    fs.writeFileSync(SETTINGS, JSON.stringify(given), { mode: OWNER_ONLY });
    process.stdout.write(`Logged in to ${url} as ${merchant.name ?? 'a merchant'}.\n`);
  });

program
  .command('wallet')
  .description('shows the balances')
  .action(async () => {
    print(await ok(wire().GET('/v1/wallet')));
  });

const orders = program.command('orders').description('lists, shows and places orders');
orders
  .command('list')
  .option('--status <status>')
  .option('--limit <n>', 'rows', '20')
  .action(async (query: { status?: string; limit: string }) => {
    const page = (await ok(wire().GET('/v1/orders', { params: { query } }))) as { data: OrderLine[] };
    for (const { id, reference, status, total } of page.data) {
      process.stdout.write(`${id}  ${status.padEnd(15)} ${total.amount} ${total.currency}  ${reference}\n`);
    }
  });
orders.command('get <id>').action(async (id: string) => {
  print(await ok(wire().GET(`/v1/orders/${encodeURIComponent(id)}`)));
});
orders
  .command('place <file>')
  .description('places the order in a JSON file; the same file again answers the first order')
  .action(async (file: string) => {
    const body = fs.readFileSync(file, 'utf8');
    const headers = { 'Idempotency-Key': `cli-${createHash('sha256').update(body).digest('hex')}` };
    print(await ok(wire().POST('/v1/orders', { body: JSON.parse(body) as object, headers })));
  });

interface OrderLine {
  id: string;
  reference: string;
  status: string;
  total: { amount: string; currency: string };
}

program
  .command('listen')
  .description('forwards your events to a URL of your own, signed as webhooks are; goes on until Ctrl-C')
  .requiredOption('--forward <url>', 'such as http://localhost:4000/hooks')
  .option('--after <event>', 'goes on after this event; without it only what happens from now on')
  .action(async ({ forward, after }: { forward: string; after?: string }) => {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    process.stdout.write(`Forwarding to ${forward}\nSigning secret: ${secret}\n`);
    const client = wire();
    const from = after ?? (await lastNumber(client));
    for await (const event of events(client, { after: from, remember: () => undefined })) {
      process.stdout.write(`${event.created_at} ${event.type} ${event.id} -> ${await hand(event, forward, secret)}\n`);
    }
  });

/** The number of the newest event there is: they are numbered without a gap, so few looks find it. */
async function lastNumber(client: Wire): Promise<string> {
  const isBeyond = async (after: number): Promise<boolean> => {
    const query = { after: String(after), limit: 1 };
    const page = (await ok(client.GET('/v1/events', { params: { query } }))) as { data: WaybillEvent[] };
    return page.data.length === 0;
  };
  let [low, high] = [0, 1];
  while (!(await isBeyond(high))) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await isBeyond(middle)) high = middle;
    else low = middle;
  }
  return String((await isBeyond(low)) ? low : high);
}

/** @returns the receiver's status, or why there is none */
async function hand(event: WaybillEvent, url: string, secret: string): Promise<string> {
  const body = JSON.stringify(event);
  const at = realNow(); // a signature follows real time, whatever a sandbox's clock says
  const headers = {
    ...{ 'content-type': 'application/json', 'webhook-id': event.id },
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(event.id, at, body),
  };
  try {
    return String((await fetch(url, { method: 'POST', headers, body })).status);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

program
  .command('trigger <package> <story>')
  .description('sandbox: plays a courier’s story (delivered, rto, lost, failed_attempts) on a package')
  .action(async (id: string, story: string) => {
    print(await ok(wire().POST(`/v1/sandbox/packages/${encodeURIComponent(id)}/simulation`, { body: { story } })));
  });

program
  .command('clock [advance]')
  .description('sandbox: shows the clock, or moves it on by an ISO 8601 duration such as P20D')
  .action(async (advance: string | undefined) => {
    const client = wire();
    print(
      await ok(
        advance === undefined
          ? client.GET('/v1/sandbox/clock')
          : client.POST('/v1/sandbox/clock', { body: { advance } }),
      ),
    );
  });

// `waybill orders list | head`: who reads has read enough
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

program.parseAsync().catch((error: unknown) => {
  const said =
    error instanceof WaybillError ? `${error.message} (${error.code})` : error instanceof Error ? error.message : error;
  process.stderr.write(`${String(said)}\n`);
  process.exitCode = 1;
});
