/** Secrets: where they may come from, when they are needed, and that no problem shows one. */

import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './load.ts';

const secret = 's'.repeat(32);
const url = 'https://upstream.example';

describe('secrets', () => {
  const env = { UPSTREAM_URL: url, ID_SECRET_FILE: '/run/secrets/id' };
  const fileWith = (text: string) => ({
    readFile: (path: string) => (path === env.ID_SECRET_FILE ? text : ''),
  });

  it.each(['', '\n', '\r\n', '\r', '\n\n', '\r\n\r\n'])(
    'come from a file too, without its line ends (%j), and are the same as in the variable',
    (end) => {
      expect(load(env, fileWith(`${secret}${end}`)).idSecret).toBe(secret);
      expect(load(env, fileWith(`${secret}\n ${secret}${end}`)).idSecret).toBe(`${secret}\n ${secret}`);
    },
  );

  it.each([' ', '\t', '\n', '\r', '\r\n', '\u00a0'])(
    'are refused with white space around them (%j)',
    (space) => {
      const got = 'characters with white space or line ends around them, takes ';
      for (const name of [
        'ID_SECRET',
        'ID_SECRET_PREVIOUS',
        'UPSTREAM_BASIC_USER',
        'UPSTREAM_OAUTH_SECRET',
      ]) {
        for (const text of [`${secret}${space}`, `${space}${secret}`]) {
          expect(problemsOf({ UPSTREAM_URL: url, [name]: text })).toContainEqual(
            expect.stringMatching(`^${name}: got \\d+ ${got}`),
          );
        }
      }
      expect(problemsOf(env, fileWith(`${secret}${space} \n`))).toEqual([
        expect.stringMatching(`^ID_SECRET_FILE: got \\d+ ${got}`),
      ]);
    },
  );

  it('come from a file without its byte order mark, and not from a file that is no text', () => {
    expect(load(env, fileWith(`\ufeff${secret}`)).idSecret).toBe(secret);
    expect(problemsOf(env, fileWith(`${secret}\ufffd`))).toEqual([
      expect.stringMatching(/^ID_SECRET_FILE: got one that is no UTF-8, takes /),
    ]);
  });

  it('are a problem when the file cannot be read, is empty, or stands beside the variable', () => {
    expect(problemsOf(env)).toEqual([
      expect.stringMatching(/^ID_SECRET_FILE: got one that fails \(ENOENT\), takes /),
    ]);
    expect(problemsOf(env, fileWith('\n'))).toEqual([
      expect.stringMatching(/^ID_SECRET_FILE: got an empty file/),
    ]);
    expect(problemsOf({ ...env, ID_SECRET: secret }, fileWith(secret))).toEqual([
      expect.stringContaining('got both ID_SECRET and ID_SECRET_FILE'),
    ]);
    const broken = {
      readFile: () => {
        throw new Error('without a code');
      },
    };
    expect(problemsOf(env, broken)).toEqual([expect.stringContaining('(unknown error)')]);
  });

  it("cause a problem that names the file's variable when the text does not fit", () => {
    expect(problemsOf(env, fileWith('short'))).toEqual([
      'ID_SECRET_FILE: got 5 characters, takes 32 characters or more.',
    ]);
  });

  it('are never shown, whatever is wrong with them', () => {
    const marked = 'MARK';
    const message = problemsOf({
      UPSTREAM_URL: `ftp://${marked}:${marked}@h`,
      UPSTREAM_BASIC_USER: `${marked}:`,
      UPSTREAM_BASIC_PASSWORD: `${marked}\u0007`,
      ID_SECRET: marked,
      ID_SECRET_PREVIOUS: marked,
      UPSTREAM_BASIC_USER_FILE: marked,
      JWT_SECRET_FILE: marked,
      ID_SECRET_PREVIOUS_FILE: '',
      HTTPS_PROXY: `${marked}:${marked}@proxy`,
      REDIS_URL: `http://:${marked}@h`,
      JWT_SECRET: marked,
      UPSTREAM_OAUTH_KEY: marked,
      UPSTREAM_OAUTH_SECRET: `${marked}\u0007`,
    }).join('\n');
    expect(message.toLowerCase()).not.toContain(marked.toLowerCase());
    expect(message.split('\n').length).toBeGreaterThanOrEqual(10);
  });

  it('seal ids with a random secret and a warning where ids need not last', () => {
    const config = load({ UPSTREAM_URL: url });
    expect(config.idSecret).toBe('random'.repeat(6));
    expect(config.warnings).toEqual([expect.stringMatching(/^ID_SECRET is not set/)]);
  });

  it('are the same for every sandbox, unless given', () => {
    const other = { randomSecret: () => 'other'.repeat(8) };
    expect(load({}).idSecret).toBe(load({}, other).idSecret);
    expect(load({ ID_SECRET: secret }).idSecret).toBe(secret);
  });

  it('are required for ids in production', () => {
    expect(problemsOf({ UPSTREAM_URL: url, NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^ID_SECRET: got nothing, takes 32 characters or more/),
    ]);
  });

  it('of ids need the current one beside the previous one', () => {
    expect(problemsOf({ ID_SECRET_PREVIOUS: secret })).toEqual([
      expect.stringMatching(/^ID_SECRET: got nothing beside/),
    ]);
  });
});
