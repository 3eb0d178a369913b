/** What the card says in Russian. */

import type { Phrases } from "./phrases";

export const ru: Phrases = {
  group: "Проверка, что вы человек",
  ask: "Я человек",
  checking: "Проверка…",
  verified: "Проверено",
  failed: "Ошибка. Повторить",
  renew: "Истекло. Обновить",
  expired: "Истекло",
  forbidden: "Не настроено для этой страницы",
  testing: "Только для тестов",
};
