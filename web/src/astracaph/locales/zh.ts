/** What the AstraCaph card says in Chinese. */

import type { Phrases } from "./phrases";

export const zh: Phrases = {
  group: "人机验证",
  checking: "正在检查…",
  verified: "已验证",
  step: "还差一步",
  confirm: "我是人类",
  hold: "按住不放",
  holdHint: "或者点一下开始，再点一下结束",
  holding: "请继续按住…",
  finish: "点击完成",
  tooShort: "时间太短，请重试",
  network: "无法连接验证服务",
  rejected: "无法验证您的身份",
  limited: "尝试次数过多",
  again: "请在 {time} 后重试",
  forbidden: "此页面尚未配置验证",
  retry: "重试",
};
