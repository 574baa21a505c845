/** GraphiQL as a person uses it: by its buttons and what it shows. */

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** The result of an operation, as the result pane shows it. */
export type Shown = {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
};

/** Opens GraphiQL and waits until it knows the schema. */
export async function openExplorer(page: Page, url: string): Promise<void> {
  const introspected = page.waitForResponse(isOperation);
  await page.goto(`${url}/graphql`);
  await introspected;
  await page.locator('.graphiql-execute-button').waitFor();
}

/** The titles of the tabs, in order. */
export async function tabTitles(page: Page): Promise<string[]> {
  return await page.locator('.graphiql-tab-button').allInnerTexts();
}

/** Presses a tab as slowly as a hand does. A tab that moves away from under the pointer is not chosen. */
export async function chooseTab(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: title, exact: true }).click({ delay: 50 });
  await expect.poll(() => page.locator('.graphiql-tab-active .graphiql-tab-button').innerText()).toBe(title);
  await expect.poll(() => readText(page, '.graphiql-query-editor')).toContain(`query${title}(`);
}

/** Runs the operation in the editor and reads its result. GraphiQL may still be asking for the schema. */
export async function run(page: Page): Promise<Shown> {
  const [response] = await Promise.all([
    page.waitForResponse((each) => isOperation(each) && !each.request().postData()?.includes('__schema')),
    page.locator('.graphiql-execute-button').click(),
  ]);
  const answer = (await response.json()) as Shown;
  // The editor wraps long lines with an indent, which is white space between tokens.
  await expect.poll(() => readText(page, '.graphiql-response')).toBe(withoutSpace(JSON.stringify(answer)));
  return answer;
}

/** The text of an editor without its white space. A high window has all its lines. */
async function readText(page: Page, selector: string): Promise<string> {
  const lines = await page.locator(`${selector} .view-line`).evaluateAll((elements) =>
    elements
      .map((element) => ({
        top: Number.parseInt(element.getAttribute('style')?.match(/top:\s*(\d+)/)?.[1] ?? '0', 10),
        text: element.textContent ?? '',
      }))
      .sort((one, other) => one.top - other.top)
      .map(({ text }) => text),
  );
  return withoutSpace(lines.join(''));
}

const withoutSpace = (text: string) => text.replaceAll(/\s/g, '');

function isOperation(response: { url: () => string; request: () => { method: () => string } }): boolean {
  return response.url().endsWith('/graphql') && response.request().method() === 'POST';
}
