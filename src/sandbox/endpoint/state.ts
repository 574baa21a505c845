/** What one running sandbox holds: settings, members, tokens, faults, counts. */

import { createFaultBox, type FaultBox } from '../faults/fault-draw.ts';
import { createDirectory, type Directory } from '../ledger/directory.ts';
import type { Member } from '../ledger/member.ts';
import type { PageBounds } from '../ledger/question.ts';
import { type CallLog, createCallLog } from './call-log.ts';
import { type Credentials, createTokens, type Tokens } from './credentials.ts';
import { createRateWindow, type RateWindow } from './rate-window.ts';

/** The settings with every default filled in. `SandboxOptions` says what each means. */
export type Behaviour = PageBounds & {
  readonly callsPerMinute: number;
  readonly failureStatus: 200 | 400;
  readonly tokenTtlSeconds: number;
  readonly rememberedCalls: number;
  readonly credentials: Credentials;
  readonly now: () => number;
};

/** The gateway in front of a sandbox, in the same process. */
export type AttachedGateway = {
  /** Makes the gateway forget what earlier calls left behind. Called after every reset of the sandbox. */
  readonly reset: () => void;
  /** Where the gateway listens, on the host of the sandbox. The control page links there. */
  readonly port: number;
};

/** The state of one sandbox. */
export type SandboxState = {
  readonly behaviour: Behaviour;
  readonly directory: () => Directory;
  readonly setMembers: (members: readonly Member[]) => void;
  readonly tokens: Tokens;
  readonly rate: RateWindow;
  readonly faults: FaultBox;
  readonly ledgerCalls: CallLog;
  readonly tokenCalls: CallLog;
  /** Forgets calls, faults and the rate window, and resets the gateway in front. Members and tokens stay. */
  readonly reset: () => void;
  readonly gateway: () => AttachedGateway | undefined;
  readonly attachGateway: (gateway: AttachedGateway) => void;
};

/** The state of a sandbox before the first call. */
export function createState(behaviour: Behaviour, members: readonly Member[]): SandboxState {
  const { now, rememberedCalls } = behaviour;
  // `setMembers` replaces the whole, so a call sees either the old members or the new ones.
  let directory = createDirectory(members);
  const rate = createRateWindow(behaviour.callsPerMinute, now);
  const faults = createFaultBox();
  const ledgerCalls = createCallLog(rememberedCalls, now);
  const tokenCalls = createCallLog(rememberedCalls, now);
  let gateway: AttachedGateway | undefined;
  return {
    behaviour,
    directory: () => directory,
    setMembers: (others) => {
      directory = createDirectory(others);
    },
    tokens: createTokens(behaviour.tokenTtlSeconds, now),
    rate,
    faults,
    ledgerCalls,
    tokenCalls,
    reset: () => {
      ledgerCalls.clear();
      tokenCalls.clear();
      faults.set([]);
      rate.clear();
      gateway?.reset();
    },
    gateway: () => gateway,
    attachGateway: (attached) => {
      gateway = attached;
    },
  };
}
