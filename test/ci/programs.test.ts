/** Where the tests look for a browser and a Redis server. */

import { describe, expect, it } from 'vitest';
import { findProgram, programs } from '../../.ci/programs.ts';

const onDisk =
  (...paths: readonly string[]) =>
  (path: string) =>
    paths.includes(path);

describe.each(Object.entries(programs))('findProgram for %s', (_, program) => {
  const { variable, paths, debianPackage, missing } = program;

  it('takes the program that the variable names, and no other', () => {
    expect(findProgram(program, { [variable]: '/mine' }, onDisk('/mine', ...paths))).toBe('/mine');
    expect(findProgram(program, { [variable]: '/mine' }, onDisk(...paths))).toBeUndefined();
  });

  it('looks in the usual paths, Debian’s first, when the variable is unset or empty', () => {
    expect(findProgram(program, {}, onDisk(...paths.toReversed()))).toBe(paths[0]);
    expect(findProgram(program, { [variable]: '' }, onDisk(paths[1]))).toBe(paths[1]);
    expect(findProgram(program, {}, onDisk())).toBeUndefined();
  });

  it('says what to install, and which variable names one', () => {
    expect(missing).toContain(`apt-get install ${debianPackage})`);
    expect(missing).toContain(variable);
  });
});
