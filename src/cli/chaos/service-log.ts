import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

const REQUEST = /"request_id":"([^"]+)"/;

/** What the service says while it is struck: only what it says of a fault is ever looked at. */
export class ServiceLog {
  /** Each process of the service writes here. */
  readonly fd: number;

  constructor(private readonly file: string) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.fd = fs.openSync(file, 'a');
  }

  /** The same faults, each with the lines about the request that it names. */
  async explained(faults: readonly string[]): Promise<string[]> {
    const requests = faults.map((fault) => REQUEST.exec(fault)?.[1]);
    const told = new Map<string, string>();
    if (requests.some((request) => request !== undefined))
      for await (const line of readline.createInterface({ input: fs.createReadStream(this.file) })) {
        const request = REQUEST.exec(line)?.[1];
        if (request !== undefined && requests.includes(request))
          told.set(request, `${told.get(request) ?? ''}\n${line}`);
      }
    return faults.map((fault, i) => fault + (told.get(requests[i] ?? '') ?? ''));
  }

  remove(): void {
    fs.closeSync(this.fd);
    fs.rmSync(this.file, { force: true });
  }
}
