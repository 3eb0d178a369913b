/** What the AstraCaph card says in Russian. */

import type { Phrases } from "./phrases";

export const ru: Phrases = {
  group: "Проверка, что вы человек",
  checking: "Проверка…",
  verified: "Проверено",
  step: "Ещё один шаг",
  confirm: "Я человек",
  hold: "Нажмите и удерживайте",
  holdHint: "Или нажмите раз, чтобы начать, и ещё раз, чтобы закончить",
  holding: "Удерживайте…",
  finish: "Нажмите, чтобы закончить",
  tooShort: "Слишком быстро. Попробуйте ещё раз",
  network: "Сервер проверки недоступен",
  rejected: "Не удалось вас проверить",
  limited: "Слишком много попыток",
  again: "Повторите через {time}",
  forbidden: "Эта страница не настроена для проверки",
  retry: "Повторить",
};
