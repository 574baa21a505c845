/** Reads the command line: which program runs, and with which environment. Pure. */

import { parseArgs } from 'node:util';
import { attempt } from '../errors.ts';
import type { Environment } from './reading.ts';

/** The environment to start with, or a text to print and end with: help that was asked for, or a problem. */
export type CommandLine =
  | { readonly env: Environment }
  | { readonly help: string }
  | { readonly problem: string };

const help = `Usage: ledger-balance-gateway [sandbox [options]]

  ledger-balance-gateway            the gateway; environment variables are its settings
  ledger-balance-gateway sandbox    the gateway over its built-in sandbox, for front-end tests:
                                    demonstration members, and faults that are switched on by HTTP

Options of sandbox, and the variables that do the same:

  --port <port>            GraphQL and GraphiQL, default 4000 (PORT)
  --control-port <port>    control page and endpoints, default 4010 (SANDBOX_PORT)
  --host <address>         address of both ports, default 127.0.0.1 (HOST; SANDBOX_HOST for the control port alone)
  -h, --help               this text

Port 0 takes any free port. GET /readyz answers 200 when the gateway is ready. The sandbox ignores UPSTREAM_URL,
service credentials, REDIS_URL and NODE_ENV.
`;

const options = {
  port: { type: 'string' },
  'control-port': { type: 'string' },
  host: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the arguments of the process without its first two. */
export function readCommandLine(given: readonly string[], env: Environment): CommandLine {
  const parsed = attempt(() => parse(given));
  // After an unknown option Node goes on with advice on positional arguments, which this command does not have.
  if (parsed instanceof Error)
    return { problem: `${parsed.message.replace(/\. To specify .*/s, '')}\n\n${help}` };
  const { values, positionals } = parsed;
  const [command, ...more] = positionals;
  if (values.help) return { help };
  if (command === undefined && Object.keys(values).length === 0) return { env };
  if (command !== 'sandbox' || more.length > 0)
    return { problem: `Expected no argument or sandbox with options, got ${given.join(' ')}\n\n${help}` };
  return { env: sandboxEnv(env, values) };
}

const parse = (given: readonly string[]) => parseArgs({ args: [...given], options, allowPositionals: true });

/** Variables that name a real upstream, or keep state outside the process, where a reset cannot reach it. */
const ignored = /^(UPSTREAM_(URL|BASIC_|OAUTH_)|REDIS_URL)/;

type Values = ReturnType<typeof parse>['values'];

function sandboxEnv(env: Environment, values: Values): Environment {
  const kept = Object.entries(env).filter(([name]) => !ignored.test(name));
  return {
    ...Object.fromEntries(kept),
    NODE_ENV: 'development', // Production would turn GraphiQL and introspection off.
    HOST: values.host ?? env['HOST'],
    SANDBOX_HOST: values.host ?? (env['SANDBOX_HOST'] || env['HOST']),
    PORT: values.port ?? env['PORT'],
    SANDBOX_PORT: values['control-port'] ?? env['SANDBOX_PORT'],
  };
}
