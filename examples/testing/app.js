/**
 * The page under test: one button and one balance. `/graphql` is passed on to the gateway, as the development server of a
 * front end does, with the headers of the request. In your project, start yours.
 */

import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const { GATEWAY_URL = 'http://127.0.0.1:4000', APP_PORT = '4020' } = process.env;

const page = `<!doctype html>
<html lang="en"><title>My points</title>
<button>Show my points</button> <output></output>
<script type="module">
const query = '{ customer(identifier: { name: MOBILE, value: "447700900001" }) { ledgerBalance(first: 1) { nodes { closingBalance } } } }';
document.querySelector('button').addEventListener('click', async () => {
  const output = document.querySelector('output');
  output.textContent = 'Loading …';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = await response.json();
  output.textContent = errors ? 'Please try again' : data.customer.ledgerBalance.nodes[0].closingBalance + ' points';
});
</script>
</html>
`;

createServer(async (request, response) => {
  if (request.url !== '/graphql') return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  const headers = {
    'content-type': 'application/json',
    'x-request-id': String(request.headers['x-request-id'] ?? ''),
  };
  const body = await text(request);
  const answer = await fetch(`${GATEWAY_URL}/graphql`, { method: 'POST', headers, body });
  return response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}).listen(Number(APP_PORT), '127.0.0.1');
