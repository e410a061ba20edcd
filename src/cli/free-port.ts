import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

/** Below those that the system gives to whoever asks for any: none of them is taken before its program listens. */
const [FIRST, LAST] = [10_000, 32_000] as const;

/** A port of loopback that nobody has right now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    const server = net.createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
      return port;
    } catch (error) {
      if (!['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    } finally {
      server.close();
    }
  }
}
