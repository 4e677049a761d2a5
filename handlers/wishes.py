"""What a customer's words ask to have done with her data, and that she wants no questionnaires, in Chinese and English.

Only hints: they put the likeliest button first; one tap decides.
"""

from __future__ import annotations

import re

from models.data_request import DataWish

_KEPT = r"(?:信息|数据|资料|账号|账户|隐私|记录|档案)"
_HERS = rf"(?:我(?!们)|本人|个人)的?(?:(?!泵|轴承|设备|产品|订单|合同|[，。！？；,.;!?\n]).){{0,6}}{_KEPT}"
_HER = rf"(?:我的|本人的?|我个人的?)(?:个人|所有|全部)?的?{_KEPT}"
_OF_HER = rf"(?:(?:我的|本人的?)(?:姓名|名字|电话|手机号?|号码|职务|职位|邮箱|联系方式|地址)|{_HER})"
_DELETE = r"(?:删除|删掉|删了|删去|注销|清除|清空|抹掉|抹去|移除|去掉)"
_WISHES = {
    DataWish.DELETE: (
        rf"{_DELETE}.{{0,6}}{_HERS}|{_HER}(?!.{{0,8}}被).{{0,8}}{_DELETE}|(?:不要|别|停止).{{0,4}}[保留存].{{0,3}}{_HERS}"
        rf"|把我(?!们).{{0,10}}{_DELETE}|^请?(?:帮我)?{_DELETE}(?:账号|账户)\W*$|^请?(?:忘了|忘记|忘掉|删掉|删除)我[吧。]?$"
    ),
    DataWish.CORRECT: (
        rf"(?:更正|改正|修改|改一下|更新|变更).{{0,6}}(?:{_OF_HER}|{_HERS})"
        rf"|{_OF_HER}.{{0,6}}(?:错了|不对|有误|变了|换了|改了|要改|写错|登错)"
        r"|我换(?:了)?(?:电话|手机号?|号码|职务|岗位|名字)"
    ),
    DataWish.WITHDRAW: (
        r"(?:撤回|撤销|取消|收回).{0,6}(?:同意|授权)|我不再同意|我不同意了\W*$"
        r"|不同意.{0,10}(?:我的|个人).{0,2}(?:信息|数据|资料|隐私)"
    ),
    DataWish.SEE: (
        rf"(?:导出|查看|查询|查一?下|下载|提供|看看|看一?下?|给我|一份|知道).{{0,12}}{_HERS}"
        rf"|{_HER}.{{0,6}}(?:给我|发我|导出|看看|看一?下|查一?下)"
        r"|[有存记录留集握道](?:了|着)?我(?!们)的?.{0,4}(?:哪些|什么|多少|啥)(?!事)"
    ),
}
_MINE = r"\bmy (?:personal |own |full |phone |mobile |contact |e-?mail )?"
_DATA = r"(?:data|information|info|details|account|profile)\b(?! ?sheet)"
_IN_ENGLISH = {
    DataWish.DELETE: (
        rf"\b(?:delete|erase|remove|wipe)\b.{{0,24}}(?:{_MINE}{_DATA}|\b(?:about|on) me\b)|\b(?:delete|remove) me\b"
        rf"|^(?:please )?forget (?:about )?me\W*$|\b(?:stop|don'?t|do not) (?:keep|stor)\w*.{{0,6}}{_MINE}{_DATA}"
    ),
    DataWish.CORRECT: (
        rf"\b(?:correct|rectify|update|change|fix)\b.{{0,6}}{_MINE}(?:{_DATA}|(?:name|phone|number|e-?mail|position)\b)"
        rf"|{_MINE}(?:{_DATA}|(?:name|phone|number|e-?mail|position)\b) (?:is|are|has|have)\b.{{0,10}}"
        r"\b(?:wrong|incorrect|changed|misspel\w+)"
    ),
    DataWish.WITHDRAW: r"\b(?:withdraw|revoke|take back|cancel)\b.{0,12}\bconsent\b|\bno longer (?:agree|consent)\b",
    DataWish.SEE: (
        rf"\b(?:export|copy of|access|see|view|show|get|download|send)\b.{{0,12}}{_MINE}{_DATA}"
        r"|\b(?:what|which)\b.{0,30}\byou\b.{0,8}\b(?:have|keep|hold|store|know|collect|saved?)\b.{0,12}"
        r"\b(?:about|on|of) me\b"
    ),
}
_WITHIN = r"[^，。！？；,.;!?\n]"
_ASKED = r"(?:问卷|满意度|调查表)"
_NO_MORE = re.compile(
    rf"(?:不要|不想|不用|不愿|不需要|不收|不发|不填|不答|不做|别|停止|停掉|停了|关掉|关闭|取消|拒绝|屏蔽|少|太多|为什么|为啥|怎么)"
    rf"{_WITHIN}{{0,10}}{_ASKED}"
    rf"|{_ASKED}{_WITHIN}{{0,6}}(?:太多|太烦|好烦|停|关掉|关闭|取消|别|不要|不想|不用|退订)|^退订\W*$"
    rf"|\b(?:stop|no more|don'?t|do not|unsubscribe|too many|why|how)\b{_WITHIN}{{0,30}}\b(?:questionnaire|survey)s?\b"
    rf"|\b(?:questionnaire|survey)s?\b{_WITHIN}{{0,16}}\b(?:stop|off|unsubscribe|too many)\b|^(?:please )?unsubscribe\b"
)


def wish_in(text: str) -> DataWish | None:
    """Return what these words ask to have done with the writer's data, if they sound like that."""
    text = _plain(text)
    for wish in _WISHES:
        if re.search(_WISHES[wish], text) or re.search(_IN_ENGLISH[wish], text):
            return wish
    return None


def no_questionnaires(text: str) -> bool:
    """Return whether she wants no more questionnaires, or asks why she gets them and how to stop them."""
    return bool(_NO_MORE.search(_plain(text)))


def _plain(text: str) -> str:
    return text.strip().casefold().replace("’", "'")
