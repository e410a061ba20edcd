import http from 'node:http';

/** One call of a load: what is sent; the answer must have the status that is expected. */
export interface Shot {
  method: 'GET' | 'POST';
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}

export interface LoadResult {
  /** Answers with the expected status. */
  done: number;
  /** Other answers, by status; 0: the connection failed. */
  others: Map<number, number>;
  seconds: number;
  /** Milliseconds, sorted. */
  times: Float64Array;
  /** What it found beside, where a rate does not say it. */
  note?: string;
}

export interface LoadOptions {
  base: string;
  clients: number;
  seconds: number;
  expected: number;
  next: (client: number) => Shot;
}

/** So many clients, each with a connection of its own, each sending its next call as soon as the last is answered. */
export async function load({ base, clients, seconds, expected, next }: LoadOptions): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const { hostname, port } = new URL(base);
  const times: number[] = [];
  const others = new Map<number, number>();
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() < end) {
        const sent = performance.now();
        const status = await send({ agent, hostname, port, shot: next(client) });
        if (status === expected) times.push(performance.now() - sent);
        else others.set(status, (others.get(status) ?? 0) + 1);
      }
    }),
  );
  const took = (performance.now() - start) / 1000;
  agent.destroy();
  return { done: times.length, others, seconds: took, times: Float64Array.from(times).sort() };
}

/** @param share 0.5 for the median */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Sending {
  agent: http.Agent;
  hostname: string;
  port: string;
  shot: Shot;
}

/** Answers the status when the last byte of the answer is here; 0 where the connection failed. */
export function send({ agent, hostname, port, shot: { method, path, headers, body } }: Sending): Promise<number> {
  return new Promise((resolve) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = http.request(
      { agent, hostname, port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        answer.resume().on('end', () => {
          resolve(answer.statusCode ?? 0);
        });
        answer.on('error', () => {
          resolve(0);
        });
      },
    );
    request.on('error', () => {
      resolve(0);
    });
    request.end(body);
  });
}
