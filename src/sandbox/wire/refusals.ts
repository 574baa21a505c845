/**
 * The endpoint's failure codes, what each says in two languages, and the failure body. Pure.
 * The codes come from the reference, "Failure body". The wording is the sandbox's own.
 */

import { type Json, writeJson } from './json-text.ts';

/** Languages in which the sandbox writes messages. */
export type Language = 'en' | 'de';

/** The codes that the sandbox sends, with their messages. */
export const refusalMessages = {
  400: {
    en: 'Invalid request',
    de: 'Ungültige Anfrage',
  },
  8003: {
    en: 'Source is missing or not valid',
    de: 'Quelle fehlt oder ist ungültig',
  },
  8013: {
    en: 'Identifier name is missing or not valid',
    de: 'Name der Kennung fehlt oder ist ungültig',
  },
  8015: {
    en: 'Customer not found for the given identifiers',
    de: 'Zu dieser Kennung gibt es keinen Kunden',
  },
  8069: {
    en: 'Customer has been merged into another customer',
    de: 'Der Kunde wurde mit einem anderen zusammengeführt',
  },
  9003: {
    en: 'Ledger service failed, and so did its fallback',
    de: 'Der Kontodienst und sein Ersatz sind ausgefallen',
  },
  9005: {
    en: 'Alternate currency names hold an invalid value',
    de: 'Ein Name einer Zweitwährung ist ungültig',
  },
  9018: {
    en: 'No alternate currency with these names under this category filter',
    de: 'Keine Zweitwährung mit diesen Namen in dieser Kategorie',
  },
  11013: {
    en: 'Identifier name, identifier value and source must not be empty',
    de: 'Name und Wert der Kennung und die Quelle dürfen nicht leer sein',
  },
} as const;

/** A code that the sandbox sends. */
export type RefusalCode = keyof typeof refusalMessages;

/**
 * Why a question got no answer. The reference names no code for a malformed number, boolean or date. The
 * sandbox then sends 400, and `detail` names the parameter.
 */
export type Refusal = { readonly code: RefusalCode; readonly detail?: string };

/** German if the first tag of `Accept-Language` is German, else English. */
export function pickLanguage(acceptLanguage: string | undefined): Language {
  return /^\s*de\b/i.test(acceptLanguage ?? '') ? 'de' : 'en';
}

/** The failure body of a refusal, as JSON text. */
export function writeRefusal(refusal: Refusal, language: Language = 'en'): string {
  const text = refusalMessages[refusal.code][language];
  const message = refusal.detail === undefined ? text : `${text}: ${refusal.detail}`;
  return writeErrors(refusal.code, message);
}

/** The failure body with any code and message, as JSON text. */
export function writeErrors(code: number, message: string): string {
  const body: Json = { errors: [{ status: false, code, message }] };
  return writeJson(body);
}
