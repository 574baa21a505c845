/** `npm run pictures`: takes the pictures of GraphiQL for the README, light and dark, from the built gateway. */

import { spawn } from 'node:child_process';
import { beginVisit, launchBrowser } from '../test/browser/visitor.ts';

const args = ['dist/main.js', 'sandbox', '--port', '0', '--control-port', '0'];
const gateway = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
let printed = '';
for await (const text of gateway.stdout.setEncoding('utf8')) {
  printed += text;
  if (printed.includes('Stop with')) break;
}
const [, url = ''] = /GraphiQL +(\S+)/.exec(printed) ?? [];
const browser = await launchBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  const { page, end } = await beginVisit(browser, { colorScheme, viewport: { width: 1360, height: 860 } });
  await page.goto(url);
  await page.locator('.graphiql-execute-button').click();
  await page.locator('.graphiql-response').getByText('"Amara"').waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `docs/images/graphiql-${colorScheme}.png`, animations: 'disabled' });
  await end();
}
await browser.close();
gateway.kill();
