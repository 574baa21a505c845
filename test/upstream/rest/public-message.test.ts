/** Which of the upstream's words pass. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicMessage } from '../../../src/upstream/rest/public-message.ts';
import { anyText } from '../unicode.ts';

describe('publicMessage', () => {
  it.each([
    'Customer not found for the given identifiers',
    'Ungültiger Name: „Gold“ (1 < 2), siehe z.B. Liste; 100 % = alles.',
    '客户不存在',
    'Error: limit 10, got 12. Retry at 12:30.',
    'नमस्ते 👨‍👩‍👧',
  ])('passes %s', (message) => {
    expect(publicMessage(message, 'neutral', {})).toBe(message);
  });

  it.each([
    '<html><body>502</body></html>',
    'Error <br/> here',
    '<!DOCTYPE html>',
    'see https://example.test/x',
    'see jdbc:mysql://db/x',
    'host eu.api.example.com failed',
    'connect to 10.0.3.4 failed',
    'connect to [fe80::1:2] failed',
    'connect to db-master:5432 failed',
    'localhost refused',
    'java.lang.NullPointerException',
    '',
    ' \n\t ',
    '\u0000\u202e',
  ])('replaces %j', (message) => {
    expect(publicMessage(message, 'neutral', {})).toBe('neutral');
  });

  it('joins lines, without characters that control terminals or change the direction of text', () => {
    expect(publicMessage('\u001b[31mNo\r\nname\u202ehere\u2028', 'neutral', {})).toBe('[31mNo name here');
  });

  it('cuts at 300 characters, never through a pair', () => {
    expect(publicMessage('x'.repeat(500), 'neutral', {})).toBe('x'.repeat(300));
    expect(publicMessage(`${'x'.repeat(299)}😀`, 'neutral', {})).toBe('x'.repeat(299));
  });

  it('lets nothing through but well-formed single lines of bounded length', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 400 }), (message) => {
        const shown = publicMessage(message, 'neutral', {});
        expect(shown.length).toBeLessThanOrEqual(300);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(shown).not.toBe('');
      }),
    );
  });
});
