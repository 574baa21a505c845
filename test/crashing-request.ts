/**
 * Loaded into a gateway's process first. A request with the header `x-crash` causes a fault outside every operation:
 * `exception` or `rejection`. No request can cause one otherwise.
 */
import { Server } from 'node:http';

const fault = new TypeError('447700900001 broke it');
const { emit } = Server.prototype;

Server.prototype.emit = function emitOrCrash(this: Server, event: string, ...rest: unknown[]): boolean {
  const [incoming] = rest as [{ readonly headers?: Readonly<Record<string, string>> } | undefined];
  if (event === 'request' && incoming?.headers?.['x-crash'] === 'rejection') void Promise.reject(fault);
  if (event === 'request' && incoming?.headers?.['x-crash'] === 'exception') {
    setImmediate(() => {
      throw fault;
    });
  }
  return Reflect.apply(emit, this, [event, ...rest]);
};
