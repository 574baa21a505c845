/** For how many credentials calls are counted, and that nobody gets a fresh budget by being forgotten. */

import { describe, expect, it } from 'vitest';
import { createWindowBudget } from '../../../src/store/window-budget.ts';
import { type AccountRoomOptions, createAccountRoom } from '../../../src/upstream/budget/account-room.ts';
import { createPermits } from '../../../src/upstream/budget/permits.ts';

const startRoom = (options: AccountRoomOptions = { mostAccounts: 8, countedForMs: 60_000 }) => {
  const clock = { now: 0 };
  const room = createAccountRoom(options, () => clock.now);
  const call = (credential: string, fairnessKey: string) => {
    room.enter(credential, fairnessKey);
    room.leave(credential);
  };
  /** Fills the room from four addresses with two credentials each. */
  const fill = () => {
    for (const fairnessKey of ['a', 'b', 'c', 'd'])
      for (const name of ['1', '2']) call(fairnessKey + name, fairnessKey);
  };
  return { clock, room, call, fill };
};

describe('a room for accounts', () => {
  it('refuses one credential too many until another is idle, with the exact wait', () => {
    const { clock, call, fill } = startRoom();
    fill();
    clock.now = 12_500;
    expect(() => call('e1', 'e')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfter: 48 } }),
    );
    clock.now = 60_000;
    expect(() => call('e1', 'e')).not.toThrow();
  });

  it('accepts credentials that it knows, however full it is, from any address', () => {
    const { call, fill, room } = startRoom();
    fill();
    for (let times = 0; times < 10; times += 1) call('a1', 'z');
    expect(room.count()).toBe(8);
  });

  it('gives one address a quarter, so that made-up credentials take room from nobody else', () => {
    const { call } = startRoom();
    call('a1', 'a');
    call('a2', 'a');
    for (let junk = 0; junk < 100; junk += 1) {
      expect(() => call(`junk ${junk}`, 'a')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
    }
    expect(() => call('b1', 'b')).not.toThrow();
    expect(() => call('a1', 'a')).not.toThrow();
  });

  it('remembers an account while its calls are in flight or count, and forgets it then', () => {
    const { clock, room, call, fill } = startRoom();
    fill();
    room.enter('a1', 'a');
    clock.now = 60_000;
    for (const name of ['1', '2', '3']) expect(() => call(name, name)).not.toThrow();
    clock.now = 120_000;
    room.leave('a1');
    clock.now = 180_000;
    for (const name of ['4', '5', '6', '7', '8']) call(name, name);
    expect(room.count()).toBe(5);
  });

  it('remembers what the upstream has blocked until then, and nothing else without a limit', () => {
    const { clock, room, call } = startRoom({ mostAccounts: 8 });
    call('a', 'a');
    expect(room.count()).toBe(0);
    room.enter('b', 'b');
    room.block('b', 5000);
    room.block('b', 1000);
    room.leave('b');
    clock.now = 4999;
    call('b', 'b');
    expect(room.count()).toBe(1);
    clock.now = 5000;
    call('b', 'b');
    expect(room.count()).toBe(0);
  });

  it('forgets idle accounts as others come, long before it is full', () => {
    const { clock, room, call } = startRoom({ mostAccounts: 1_000_000, countedForMs: 60_000 });
    for (let number = 0; number < 50_000; number += 1) {
      clock.now += 100;
      call(String(number), 'a');
    }
    expect(room.count()).toBeLessThan(2000); // Six hundred a minute.
  });
});

describe('a permit', () => {
  it('is refused to a credential beyond the bound on accounts, and the refusal is reported', () => {
    const outcomes: string[] = [];
    const permits = createPermits({
      budget: createWindowBudget({ callsPerMinute: 2, now: () => 0 }),
      now: () => 0,
      onWaited: (outcome) => outcomes.push(outcome),
      accounts: { mostAccounts: 4, countedForMs: 60_000 },
    });
    const { signal } = new AbortController();
    const acquire = (credential: string) => {
      const request = { credential, fairnessKey: 's', deadlineAt: 1000, signal, reserved: 0 } as const;
      const permit = permits.acquire(request);
      if (permit instanceof Promise) throw new Error('Expected a permit at once');
      permits.release(request, permit, true);
    };
    acquire('one');
    expect(() => acquire('two')).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfter: 60 } }),
    );
    acquire('one');
    expect(outcomes).toEqual(['granted', 'refused', 'granted']);
    expect(permits.accounts()).toBe(1);
  });
});
