// The page's own words, in Chinese and English. What bots and people say is never touched.

const WORDS = {
  zh: {
    title: "模拟 Telegram", phones: "手机", clock: "模拟时钟", jump_hour: "+1 小时", jump_morning: "明天 9:00", jump_week: "+1 周",
    language: "EN", language_label: "Switch to English", input: "输入消息", send: "发送", attach: "附件", commands: "命令菜单",
    start: "开始", unblock: "解除屏蔽", block: "屏蔽机器人", bot: "机器人", typing: "正在输入…", blocked: "已屏蔽",
    edited: "已编辑", photo: "照片", sample: "示例照片", document: "文件", place: "位置", contact: "名片", voice: "录制语音",
    edit: "编辑", forward: "转发", copy: "复制文字", cancel: "取消", ok: "好", forward_to: "转发到哪部手机？",
    open_in: "在哪部手机打开？", forwarded: "转发自", own_card: "发送我的名片", name: "姓名", number: "电话", latitude: "纬度",
    longitude: "经度", send_place: "发送此位置", send_contact: "发送名片", close: "关闭", newest: "到最新消息", editing: "编辑消息",
    download: "下载", enlarge: "放大照片", play: "播放", today: "今天", yesterday: "昨天", no_commands: "没有命令", keyboard: "键盘",
    more: "更多", message_menu: "消息菜单", empty: "按下“开始”与机器人对话", silent: "静音", recording: "录音中…", caption: "说明（可不填）",
    attached: "待发送", offline: "连接断开，正在重连…", drop: "取消附件", other_contact: "其他联系人", presets: "常用位置", free_place: "自定坐标",
    people_square: "上海 人民广场", guomao: "北京 国贸", suzhou: "苏州 工业园区", shenzhen: "深圳 南山科技园", unread: "未读",
  },
  en: {
    title: "Simulated Telegram", phones: "Phones", clock: "Simulated clock", jump_hour: "+1 h", jump_morning: "Tomorrow 9:00", jump_week: "+1 week",
    language: "中文", language_label: "切换到中文", input: "Message", send: "Send", attach: "Attach", commands: "Commands",
    start: "START", unblock: "Unblock", block: "Block the bot", bot: "bot", typing: "typing…", blocked: "blocked",
    edited: "edited", photo: "Photo", sample: "Sample photo", document: "File", place: "Location", contact: "Contact", voice: "Record voice",
    edit: "Edit", forward: "Forward", copy: "Copy text", cancel: "Cancel", ok: "OK", forward_to: "Forward to which phone?",
    open_in: "Open in which phone?", forwarded: "Forwarded from", own_card: "Send my own card", name: "Name", number: "Phone", latitude: "Latitude",
    longitude: "Longitude", send_place: "Send this location", send_contact: "Send contact", close: "Close", newest: "To the newest message", editing: "Edit message",
    download: "Download", enlarge: "Enlarge photo", play: "Play", today: "Today", yesterday: "Yesterday", no_commands: "No commands", keyboard: "Keyboard",
    more: "More", message_menu: "Message menu", empty: "Press START to talk to the bot", silent: "silent", recording: "Recording…", caption: "Caption (optional)",
    attached: "To send", offline: "Connection lost, reconnecting…", drop: "Drop the attachment", other_contact: "Somebody else", presets: "Places", free_place: "Coordinates",
    people_square: "People's Square, Shanghai", guomao: "Guomao, Beijing", suzhou: "Suzhou Industrial Park", shenzhen: "Nanshan, Shenzhen", unread: "unread",
  },
};

let language = localStorage.getItem("language") === "en" ? "en" : "zh";

export const t = (key) => WORDS[language][key] ?? key;
export const locale = () => (language === "zh" ? "zh-CN" : "en-GB");

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
}

export function clockTime(seconds, zone) {
  return new Intl.DateTimeFormat(locale(), { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone }).format(seconds * 1000);
}

export function day(seconds, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(seconds * 1000);
}

export function dayName(seconds, now, zone) {
  const that = day(seconds, zone);
  if (that === day(now, zone)) return t("today");
  if (that === day(now - 86400, zone)) return t("yesterday");
  return new Intl.DateTimeFormat(locale(), { month: "long", day: "numeric", weekday: "short", timeZone: zone }).format(seconds * 1000);
}

export function fullTime(seconds, zone) {
  const options = { month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone };
  return new Intl.DateTimeFormat(locale(), options).format(seconds * 1000);
}
