/** What the widget says in Russian. */

import type { Phrases } from "./phrases";

export const ru: Phrases = {
  "initial-state": "Я человек",
  "verifying-label": "Проверка…",
  "solved-label": "Проверено",
  "error-label": "Ошибка. Повторить",
  "required-label": "Подтвердите, что вы человек",
  "troubleshooting-label": "Помощь",
  "group-aria-label": "Проверка, что вы человек",
  "verifying-aria-label": "Идёт проверка, подождите",
  "verified-aria-label": "Проверено. Можно продолжать",
  "error-aria-label": "Проверка не удалась. Попробуйте ещё раз",
  "wasm-disabled": "Медленнее без WebAssembly",
};
