/** The sandbox's guide says of members and faults what the sandbox has. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fillSections } from '../../.ci/readme-sections.ts';
import { sandboxSections } from '../../.ci/sandbox-sections.ts';
import { members } from '../../src/sandbox/members.ts';
import { situations } from '../../src/sandbox/situations.ts';

const guide = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');

describe('docs/sandbox.md', () => {
  it('has every table as the sandbox has it', () => {
    expect(fillSections(guide, sandboxSections, 'docs/sandbox.md')).toBe(guide);
  });

  it('names every member, as a situation or as a person', () => {
    const rows = (name: string) => (sandboxSections[name]?.split('\n').length ?? 0) - 2;
    expect(rows('situations')).toBe(situations.length);
    expect(rows('people')).toBe(members.length - situations.filter(({ member }) => member !== null).length);
  });

  it('fails when a marker is missing, and says in which file', () => {
    expect(() => fillSections('', sandboxSections, 'docs/sandbox.md')).toThrow(/^docs\/sandbox\.md lacks/);
  });
});
