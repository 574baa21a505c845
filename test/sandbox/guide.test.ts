/** The sandbox's guide has every member. `../documents.test.ts` compares its tables with the sources. */

import { describe, expect, it } from 'vitest';
import { sandboxSections } from '../../.ci/sandbox-sections.ts';
import { members } from '../../src/sandbox/demo/members.ts';
import { situations } from '../../src/sandbox/demo/situations.ts';

describe('docs/sandbox.md', () => {
  it('names every member, as a situation or as a person', () => {
    const rows = (name: string) => (sandboxSections[name]?.split('\n').length ?? 0) - 2;
    expect(rows('situations')).toBe(situations.length);
    expect(rows('people')).toBe(members.length - situations.filter(({ member }) => member !== null).length);
  });
});
