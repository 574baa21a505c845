/** The settings that the parts of the gateway are built from. */

import type { Config } from '../../config.ts';
import type { EndpointUpstream } from './upstream-access.ts';

/** The settings a gateway needs. Its upstream is an endpoint: who wants the sandbox starts one first. */
export type GatewayConfig = Omit<Config, 'upstream'> & {
  readonly upstream: EndpointUpstream;
};
