/** What the card around the challenge says in Russian. */

import type { Phrases } from "./phrases";

export const ru: Phrases = {
  group: "Проверка, что вы человек",
  check: "Я человек",
  checking: "Проверка…",
  verified: "Проверено",
  expired: "Срок истёк. Проверить снова",
  stale: "Срок истёк. Обновите страницу",
  failed: "Не удалось. Повторить",
  network: "Сервер проверки недоступен. Повторить",
  offline: "Нет подключения. Проверка продолжится, когда связь вернётся.",
  unset: "Эта страница не настроена для проверки",
  held: "Пройдите проверку. После этого форма будет отправлена.",
};
