"""The rules: every number the department may change, with the default chosen for it.

It decides nothing and reads no file; whoever opens the session puts the rules into ``session.info["rules"]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.complaint import Danger, Severity
from models.customer import Grade

WORKING_DAY = 540
"""Business minutes in a working day: 9:00 to 18:00."""


@dataclass(frozen=True)
class Allowance:
    """How long a step may take: minutes of business time, or of ``wall`` time when the matter cannot wait."""

    minutes: int
    wall: bool = False


@dataclass(frozen=True)
class Promise:
    """What a complaint of one severity may expect, both counted from its receipt (domain 1.3)."""

    acknowledge: Allowance
    resolve: Allowance


CADENCE: Mapping[Grade, timedelta] = {
    Grade.A: timedelta(days=30),
    Grade.B: timedelta(days=90),
    Grade.C: timedelta(days=365),
}
CONTACT_CADENCE: Mapping[Grade, timedelta] = {
    Grade.A: timedelta(days=14),
    Grade.B: timedelta(days=30),
    Grade.C: timedelta(days=90),
}
PROMISES: Mapping[Severity, Promise] = {
    Severity.S1: Promise(acknowledge=Allowance(60, wall=True), resolve=Allowance(5 * WORKING_DAY)),
    Severity.S2: Promise(acknowledge=Allowance(120), resolve=Allowance(10 * WORKING_DAY)),
    Severity.S3: Promise(acknowledge=Allowance(240), resolve=Allowance(15 * WORKING_DAY)),
    Severity.S4: Promise(acknowledge=Allowance(540), resolve=Allowance(20 * WORKING_DAY)),
}
ACCIDENTS = (
    *("受伤", "伤人", "伤到", "伤亡", "工伤", "轻伤", "重伤", "摔伤", "砸伤", "夹伤", "割伤", "烫伤", "烧伤", "灼伤"),
    *("骨折", "触电", "电击", "漏电", "中毒", "昏迷", "送医", "死人", "死亡", "人死"),
    *("起火", "着火", "失火", "火灾", "冒烟", "爆炸"),
    *("injur", "hurt", "wounded", "electric shock", "electrocuted", "poisoned", "unconscious", "hospital", "killed"),
    *("fire", "smoke", "smoking", "explosion", "exploded"),
)
"""Somebody may be hurt, or something burns."""
STOPS = ("停线", "停产", "产线全停", "全线停", "line stopped", "line has stopped", "line is stopped", "line is down")
"""A line stands still."""
DANGERS: Mapping[Danger, tuple[str, ...]] = {
    Danger.SAFETY: (*ACCIDENTS, "安全", "泄漏", "泄露", "unsafe", "leak"),
    Danger.STOPPED: (*STOPS, "停机", "全停", "line down"),
    Danger.RECALL: ("召回", "recall"),
}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The department's rules. Grade never relaxes a deadline (``CMP-06``): it takes no part in ``promises``."""

    company: str = "恒远工业"
    bot_username: str = "huifang_bot"
    language: str = "zh_CN"
    zone: str = "Asia/Shanghai"

    opens: time = time(9)
    closes: time = time(18)
    days: Mapping[date, bool] = field(default_factory=dict)
    """The company's own working days (true) and days off (false); they beat the public calendar (``CAL-01``)."""

    quiet_from: time = time(22)
    quiet_to: time = time(7, 30)

    undo_for: timedelta = timedelta(minutes=10)
    edit_for: timedelta = timedelta(days=7)
    """How long a rep may correct what she logged."""
    logged_within: timedelta = timedelta(days=60)
    """How long ago a visit or a contact may be that is logged now."""
    invite_for: timedelta = timedelta(hours=72)
    sheet_for: timedelta = timedelta(days=7)
    """How long a table may be taken over after it was read, and taken back as a whole after that."""
    export_contacts: int = 50
    """How many people at customers a rep may take out of the system in a day (``PRV-06``)."""
    largest_file: int = 20 << 20
    """Bytes of a file of which a copy is kept; Telegram hands out no larger ones."""
    bad_tokens: int = 5
    bad_tokens_within: timedelta = timedelta(hours=1)

    cadence: Mapping[Grade, timedelta] = field(default_factory=lambda: CADENCE)
    """The longest gap between two visits on site (domain 3.7)."""
    contact_cadence: Mapping[Grade, timedelta] = field(default_factory=lambda: CONTACT_CADENCE)
    """The longest gap between two meaningful contacts, a call included."""
    proposed_again_after: timedelta = timedelta(days=14)
    """How long a customer is not proposed again after the rep said no."""
    reminder_hour: time = time(9)
    morning_card_at: time = time(8)
    morning_card_until: time = time(12)
    evening_card_at: time = time(17, 30)
    evening_card_until: time = time(20, 30)
    """Between these hours a rep's card is sent, once, on working days."""
    kept_early: timedelta = timedelta(days=3)
    """A visit on site keeps a promise so long before its day, if it has no hour of its own."""
    reminder_valid_for: timedelta = timedelta(hours=12)

    contract_notice: tuple[int, ...] = (90, 30)
    """Days before its end that a contract's owner is told."""
    contract_notice_valid_for: timedelta = timedelta(days=7)

    promises: Mapping[Severity, Promise] = field(default_factory=lambda: PROMISES)
    dangers: Mapping[Danger, tuple[str, ...]] = field(default_factory=lambda: DANGERS)
    """The words that propose S1, by what they sound like."""
    accidents: tuple[str, ...] = ACCIDENTS
    stops: tuple[str, ...] = STOPS
    """The words among them that wait for no tap."""
    emergency_phone: str = ""
    """The number a customer may call at any hour when something cannot wait."""

    survey_after_complaint: timedelta = timedelta(hours=1)
    """How long after a remedy the reporter is asked: long enough to see whether it works."""
    survey_cooldown: timedelta = timedelta(days=90)
    survey_account_pause: timedelta = timedelta(days=14)
    survey_complaint_pause: timedelta = timedelta(days=14)
    survey_quota: int = 3
    survey_quota_within: timedelta = timedelta(days=365)
    survey_after_grave: timedelta = timedelta(days=14)
    survey_closes_after: timedelta = timedelta(days=14)
    percent_from: int = 10
    """Below this many answers only counts are shown (``SUR-16``)."""

    @property
    def tz(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.zone)


def rules(session: Session) -> Rules:
    """Return the rules this session works under; the defaults when nobody gave it any."""
    given = session.info.get("rules")
    return given if isinstance(given, Rules) else Rules()
