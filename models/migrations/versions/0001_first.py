"""The first tables: people, customers, visits, complaints, questionnaires, notices, conversations.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(24)
NUMBER = sa.Integer()
BIG = sa.BigInteger()
FLAG = sa.Boolean()
TEXT = sa.Text()
DAY = sa.Date()
HOUR = sa.Time()
DEGREES: sa.Double[float] = sa.Double()
JSON = sa.JSON()

TABLES = (
    "team",
    "customer",
    "tag",
    "customer_tag",
    "contact",
    "buying_part",
    "person",
    "access",
    "bad_token",
    "lease",
    "seen_update",
    "audit",
    "chat",
    "complaint",
    "conversation",
    "invite",
    "notice",
    "posted",
    "place",
    "visit",
    "contract",
    "letter",
    "attachment",
    "complaint_move",
    "questionnaire",
    "reminder",
    "touch",
    "pledge",
    "correction",
    "origin",
    "visit_contact",
    "customer_order",
    "sheet",
    "sheet_row",
)
"""In the order they are made; a table comes after those it refers to."""


def upgrade() -> None:
    op.create_table(
        "team",
        _id(),
        _must("name", sa.String(80)),
    )
    op.create_table(
        "customer",
        _id(),
        _must("name", sa.String(120)),
        _must("search_key", sa.String(600)),
        _must("grade", WORD),
        _must("industry", WORD),
        _must("region", WORD),
        _must("owner_id", NUMBER),
        _must("created_at", MOMENT),
        _must("version", NUMBER),
        _may("market", WORD),
        _may("size", WORD),
        _must("ownership", WORD),
        _must("registration", sa.String(32)),
        _may("latitude", DEGREES),
        _may("longitude", DEGREES),
        _may("merged_into_id", NUMBER, sa.ForeignKey("customer.id", name="fk_customer_merged_into_id")),
    )
    op.create_index("ix_customer_merged_into_id", "customer", ["merged_into_id"])
    op.create_index("ix_customer_name", "customer", ["name"])
    op.create_index("ix_customer_owner_id", "customer", ["owner_id"])
    op.create_index("ix_customer_registration", "customer", ["registration"])
    op.create_table(
        "tag",
        _id(),
        _must("word", sa.String(20), unique=True),
    )
    op.create_table(
        "customer_tag",
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id"), primary_key=True),
        _must("tag_id", NUMBER, sa.ForeignKey("tag.id"), primary_key=True),
    )
    op.create_index("ix_customer_tag_tag_id", "customer_tag", ["tag_id"])
    op.create_table(
        "contact",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("name", sa.String(80)),
        _must("position", sa.String(80)),
        _must("phone", sa.String(40)),
        _must("created_at", MOMENT),
        _may("attitude", NUMBER),
        _may("influence", NUMBER),
        _must("evidence", TEXT),
        _may("judged_at", MOMENT),
        _must("version", NUMBER),
    )
    op.create_index("ix_contact_customer_id", "contact", ["customer_id"])
    op.create_table(
        "buying_part",
        _must("contact_id", NUMBER, sa.ForeignKey("contact.id"), primary_key=True),
        _must("role", WORD, primary_key=True),
    )
    op.create_table(
        "person",
        _id(),
        _may("telegram_id", BIG, unique=True),
        _must("name", sa.String(80)),
        _must("role", WORD),
        _may("team_id", NUMBER, sa.ForeignKey("team.id")),
        _may("contact_id", NUMBER, sa.ForeignKey("contact.id")),
        _may("language", sa.String(8)),
        _may("zone", sa.String(40)),
        _must("joined_at", MOMENT),
        _may("withdrawn_at", MOMENT),
        _may("agreed_at", MOMENT),
        _may("stopped_at", MOMENT),
        _may("unreachable_since", MOMENT),
        _may("unreachable_reason", sa.String(24)),
        _must("morning_card", FLAG),
        _must("evening_card", FLAG),
    )
    op.create_index("ix_person_contact_id", "person", ["contact_id"])
    op.create_index("ix_person_team_id", "person", ["team_id"])
    op.create_table(
        "access",
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id"), primary_key=True),
        _must("person_id", NUMBER, sa.ForeignKey("person.id"), primary_key=True),
        _must("granted_by_id", NUMBER, sa.ForeignKey("person.id")),
        _must("at", MOMENT),
    )
    op.create_index("ix_access_person_id", "access", ["person_id"])
    with op.batch_alter_table("customer") as customer:  # it refers to people, and they to its contacts
        customer.create_foreign_key("fk_customer_owner_id", "person", ["owner_id"], ["id"])
    op.create_table(
        "bad_token",
        _id(),
        _must("telegram_id", BIG),
        _must("at", MOMENT),
    )
    op.create_index("ix_bad_token_at", "bad_token", ["at"])
    op.create_index("ix_bad_token_telegram_at", "bad_token", ["telegram_id", "at"])
    op.create_table(
        "lease",
        _must("name", sa.String(60), primary_key=True),
        _must("holder", sa.String(40)),
        _must("until", MOMENT),
    )
    op.create_table(
        "seen_update",
        _must("update_id", BIG, primary_key=True, autoincrement=False),
        _must("digest", BIG, primary_key=True, autoincrement=False),
        _must("at", MOMENT),
        _must("verdict", sa.String(12)),
    )
    op.create_index("ix_seen_update_at", "seen_update", ["at"])
    op.create_table(
        "audit",
        _id(),
        _must("at", MOMENT),
        _may("actor_id", NUMBER, sa.ForeignKey("person.id")),
        _must("action", sa.String(40)),
        _must("object", sa.String(60)),
        _must("facts", JSON),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_object", "audit", ["object"])
    op.create_table(
        "chat",
        _must("person_id", NUMBER, sa.ForeignKey("person.id"), primary_key=True),
        _must("revision", NUMBER),
        _must("page", sa.String(120)),
        _may("last_message_id", BIG),
    )
    op.create_table(
        "complaint",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _may("reporter_id", NUMBER, sa.ForeignKey("person.id")),
        _must("filed_by_id", NUMBER, sa.ForeignKey("person.id")),
        _may("owner_id", NUMBER, sa.ForeignKey("person.id")),
        _must("words", TEXT),
        _may("kind", WORD),
        _must("severity", WORD),
        _may("proposed", WORD),
        _must("stage", WORD),
        _must("version", NUMBER),
        _must("remedy", TEXT),
        _must("received_at", MOMENT),
        _may("acknowledged_at", MOMENT),
        _may("resolved_at", MOMENT),
        _may("fed_back_at", MOMENT),
        _must("acknowledge_by", MOMENT),
        _must("resolve_by", MOMENT),
        _must("late_told", NUMBER),
        _must("reopened", NUMBER),
        _may("reopened_at", MOMENT),
    )
    op.create_index("ix_complaint_customer_id", "complaint", ["customer_id"])
    op.create_index("ix_complaint_owner_id", "complaint", ["owner_id"])
    op.create_index("ix_complaint_reporter_id", "complaint", ["reporter_id"])
    op.create_index("ix_complaint_stage_received", "complaint", ["stage", "received_at"])
    op.create_table(
        "conversation",
        _id(),
        _must("person_id", NUMBER, sa.ForeignKey("person.id")),
        _must("flow", sa.String(40)),
        _must("current", FLAG),
        _must("revision", NUMBER),
        _must("answers", JSON),
        _must("memo", JSON),
        _must("started_at", MOMENT),
        _must("touched_at", MOMENT),
    )
    op.create_index("ix_conversation_person", "conversation", ["person_id"])
    op.create_index("ix_conversation_touched_at", "conversation", ["touched_at"])
    op.create_index(
        "uq_conversation_current",
        "conversation",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "invite",
        _id(),
        _must("token_hash", sa.String(64), unique=True),
        _must("role", WORD),
        _may("team_id", NUMBER, sa.ForeignKey("team.id")),
        _may("contact_id", NUMBER, sa.ForeignKey("contact.id")),
        _must("inviter_id", NUMBER, sa.ForeignKey("person.id")),
        _must("created_at", MOMENT),
        _must("expires_at", MOMENT),
        _may("used_at", MOMENT),
        _may("used_by_id", NUMBER, sa.ForeignKey("person.id")),
    )
    op.create_table(
        "notice",
        _id(),
        _must("key", sa.String(120), unique=True),
        _must("to_id", NUMBER, sa.ForeignKey("person.id")),
        _must("address", sa.String(120)),
        _may("thread", sa.String(60)),
        _must("ping", FLAG),
        _must("urgent", FLAG),
        _must("at_most_once", FLAG),
        _must("due_at", MOMENT),
        _must("valid_until", MOMENT),
        _must("state", WORD),
        _may("leased_until", MOMENT),
        _may("leased_by", sa.String(40)),
        _must("attempts", NUMBER),
        _must("unknowns", NUMBER),
        _may("settled_at", MOMENT),
        _must("why", sa.String(120)),
        _may("message_id", BIG),
    )
    op.create_index("ix_notice_state_due", "notice", ["state", "due_at"])
    op.create_index("ix_notice_thread", "notice", ["to_id", "thread"])
    op.create_table(
        "posted",
        _must("person_id", NUMBER, sa.ForeignKey("person.id"), primary_key=True),
        _must("thread", sa.String(60), primary_key=True),
        _must("message_id", BIG),
    )
    op.create_table(
        "place",
        _id(),
        _must("person_id", NUMBER, sa.ForeignKey("person.id")),
        _must("latitude", DEGREES),
        _must("longitude", DEGREES),
        _must("at", MOMENT),
    )
    op.create_index("ix_place_at", "place", ["at"])
    op.create_index("ix_place_person_id", "place", ["person_id"])
    op.create_table(
        "visit",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("rep_id", NUMBER, sa.ForeignKey("person.id")),
        _must("kind", WORD),
        _must("outcome", WORD),
        _must("note", TEXT),
        _must("next_step", TEXT),
        _may("next_visit", DAY),
        _must("at", MOMENT),
        _must("logged_at", MOMENT),
        _may("undone_at", MOMENT),
        _may("near", FLAG),
    )
    op.create_index("ix_visit_customer_at", "visit", ["customer_id", "at"])
    op.create_index("ix_visit_rep_at", "visit", ["rep_id", "at"])
    op.create_table(
        "contract",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("added_by_id", NUMBER, sa.ForeignKey("person.id")),
        _must("number", sa.String(60)),
        _must("title", sa.String(120)),
        _may("fen", BIG),
        _must("starts", DAY),
        _must("ends", DAY),
        _must("note", TEXT),
        _may("told", NUMBER),
        _must("version", NUMBER),
        _must("created_at", MOMENT),
        _may("dropped_at", MOMENT),
    )
    op.create_index("ix_contract_customer_id", "contract", ["customer_id"])
    op.create_index("ix_contract_ends_told", "contract", ["ends", "told"])
    op.create_table(
        "letter",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("person_id", NUMBER, sa.ForeignKey("person.id")),
        _must("author_id", NUMBER, sa.ForeignKey("person.id")),
        _must("words", TEXT),
        _must("at", MOMENT),
    )
    op.create_index("ix_letter_customer_at", "letter", ["customer_id", "at"])
    op.create_index("ix_letter_person_id", "letter", ["person_id"])
    op.create_table(
        "attachment",
        _id(),
        _may("visit_id", NUMBER, sa.ForeignKey("visit.id")),
        _may("complaint_id", NUMBER, sa.ForeignKey("complaint.id")),
        _may("contract_id", NUMBER, sa.ForeignKey("contract.id")),
        _may("letter_id", NUMBER, sa.ForeignKey("letter.id")),
        _must("sender_id", NUMBER, sa.ForeignKey("person.id")),
        _must("kind", WORD),
        _must("file_id", sa.String(200)),
        _must("unique_id", sa.String(80)),
        _must("name", sa.String(200)),
        _may("album", sa.String(40)),
        _may("message_id", BIG),
        _must("at", MOMENT),
    )
    op.create_index("ix_attachment_complaint_id", "attachment", ["complaint_id"])
    op.create_index("ix_attachment_contract_id", "attachment", ["contract_id"])
    op.create_index("ix_attachment_letter_id", "attachment", ["letter_id"])
    op.create_index("ix_attachment_sender_album", "attachment", ["sender_id", "album"])
    op.create_index("ix_attachment_visit_id", "attachment", ["visit_id"])
    op.create_table(
        "complaint_move",
        _id(),
        _must("complaint_id", NUMBER, sa.ForeignKey("complaint.id")),
        _must("actor_id", NUMBER, sa.ForeignKey("person.id")),
        _must("at", MOMENT),
        _may("was", WORD),
        _must("became", WORD),
        _must("words", TEXT),
    )
    op.create_index("ix_complaint_move_complaint_id", "complaint_move", ["complaint_id"])
    op.create_table(
        "questionnaire",
        _id(),
        _must("contact_id", NUMBER, sa.ForeignKey("contact.id")),
        _may("person_id", NUMBER, sa.ForeignKey("person.id")),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("rep_id", NUMBER, sa.ForeignKey("person.id")),
        _must("occasion", WORD),
        _may("complaint_id", NUMBER, sa.ForeignKey("complaint.id"), unique=True),
        _may("visit_id", NUMBER, sa.ForeignKey("visit.id"), unique=True),
        _must("state", WORD),
        _may("suppressed_because", sa.String(24)),
        _must("ask_at", MOMENT),
        _must("closes_at", MOMENT),
        _may("score", NUMBER),
        _must("reason", TEXT),
        _may("answered_at", MOMENT),
    )
    op.create_index("ix_questionnaire_answered", "questionnaire", ["answered_at"])
    op.create_index("ix_questionnaire_contact_id", "questionnaire", ["contact_id"])
    op.create_index("ix_questionnaire_customer_id", "questionnaire", ["customer_id"])
    op.create_index("ix_questionnaire_person_id", "questionnaire", ["person_id"])
    op.create_index("ix_questionnaire_state_ask", "questionnaire", ["state", "ask_at"])
    op.create_table(
        "reminder",
        _id(),
        _must("rep_id", NUMBER, sa.ForeignKey("person.id")),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _may("visit_id", NUMBER, sa.ForeignKey("visit.id")),
        _may("settled_by_id", NUMBER, sa.ForeignKey("visit.id")),
        _must("day", DAY),
        _may("hour", HOUR),
        _must("zone", sa.String(40)),
        _must("due_at", MOMENT),
        _must("why", TEXT),
        _must("state", WORD),
        _must("version", NUMBER),
        _may("settled_at", MOMENT),
        _may("dropped_because", WORD),
        _must("dropped_words", TEXT),
    )
    op.create_index("ix_reminder_rep_customer", "reminder", ["rep_id", "customer_id"])
    op.create_index("ix_reminder_settled_by_id", "reminder", ["settled_by_id"])
    op.create_index("ix_reminder_state_due", "reminder", ["state", "due_at"])
    op.create_index("ix_reminder_visit_id", "reminder", ["visit_id"])
    op.create_table(
        "touch",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("person_id", NUMBER, sa.ForeignKey("person.id")),
        _must("kind", WORD),
        _must("note", TEXT),
        _must("at", MOMENT),
        _may("undone_at", MOMENT),
    )
    op.create_index("ix_touch_customer_at", "touch", ["customer_id", "at"])
    op.create_index("ix_touch_person_id", "touch", ["person_id"])
    op.create_table(
        "pledge",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("maker_id", NUMBER, sa.ForeignKey("person.id")),
        _may("contact_id", NUMBER, sa.ForeignKey("contact.id")),
        _may("visit_id", NUMBER, sa.ForeignKey("visit.id")),
        _must("words", TEXT),
        _must("day", DAY),
        _must("state", WORD),
        _must("moved", NUMBER),
        _must("version", NUMBER),
        _must("made_at", MOMENT),
        _may("settled_at", MOMENT),
    )
    op.create_index("ix_pledge_contact_id", "pledge", ["contact_id"])
    op.create_index("ix_pledge_customer_state", "pledge", ["customer_id", "state"])
    op.create_index("ix_pledge_maker_state_day", "pledge", ["maker_id", "state", "day"])
    op.create_index("ix_pledge_visit_id", "pledge", ["visit_id"])
    op.create_table(
        "correction",
        _id(),
        _must("object", sa.String(60)),
        _must("field", sa.String(24)),
        _must("was", TEXT),
        _must("became", TEXT),
        _must("person_id", NUMBER, sa.ForeignKey("person.id")),
        _must("at", MOMENT),
    )
    op.create_index("ix_correction_object", "correction", ["object"])
    op.create_table(
        "origin",
        _must("person_id", NUMBER, sa.ForeignKey("person.id"), primary_key=True),
        _must("message_id", BIG, primary_key=True, autoincrement=False),
        _must("object", sa.String(60)),
        _must("said", TEXT),
    )
    op.create_table(
        "visit_contact",
        _must("visit_id", NUMBER, sa.ForeignKey("visit.id"), primary_key=True),
        _must("contact_id", NUMBER, sa.ForeignKey("contact.id"), primary_key=True),
    )
    op.create_table(
        "customer_order",
        _id(),
        _must("customer_id", NUMBER, sa.ForeignKey("customer.id")),
        _must("number", sa.String(60)),
        _must("day", DAY),
        _must("amount", BIG),
        _must("family", sa.String(80)),
        _must("created_at", MOMENT),
    )
    op.create_index("ix_customer_order_day", "customer_order", ["day"])
    op.create_index("uq_customer_order_number", "customer_order", ["customer_id", "number"], unique=True)
    op.create_table(
        "sheet",
        _id(),
        _must("by_id", NUMBER, sa.ForeignKey("person.id")),
        _must("kind", WORD),
        _must("name", sa.String(200)),
        _must("file_id", sa.String(200)),
        _must("digest", sa.String(64)),
        _must("state", WORD),
        _must("version", NUMBER),
        _must("heads", JSON),
        _must("columns", JSON),
        _must("why", JSON),
        _must("counts", JSON),
        _may("same_as_id", NUMBER, sa.ForeignKey("sheet.id")),
        _must("attempts", NUMBER),
        _may("leased_until", MOMENT),
        _must("at", MOMENT),
        _may("done_at", MOMENT),
        _may("undone_at", MOMENT),
    )
    op.create_index("ix_sheet_by_id", "sheet", ["by_id"])
    op.create_index("ix_sheet_kind_digest", "sheet", ["kind", "digest"])
    op.create_index("ix_sheet_state", "sheet", ["state"])
    op.create_table(
        "sheet_row",
        _must("sheet_id", NUMBER, sa.ForeignKey("sheet.id"), primary_key=True),
        _must("line", NUMBER, primary_key=True, autoincrement=False),
        _must("verdict", WORD),
        _must("key", sa.String(32)),
        _must("given", JSON),
        _must("cells", JSON),
        _must("wrong", JSON),
        _may("made_id", NUMBER),
        _must("at", MOMENT),
    )
    op.create_index("ix_sheet_row_at", "sheet_row", ["at"])
    op.create_index("ix_sheet_row_key", "sheet_row", ["sheet_id", "key"])
    op.create_index("ix_sheet_row_verdict", "sheet_row", ["sheet_id", "verdict", "line"])


def downgrade() -> None:
    with op.batch_alter_table("customer") as customer:
        customer.drop_constraint("fk_customer_owner_id", type_="foreignkey")
    for name in reversed(TABLES):
        op.drop_table(name)


def _id() -> sa.Column[Any]:
    return sa.Column("id", NUMBER, primary_key=True)


def _must(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=False, **options)


def _may(name: str, kind: Any, *more: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, nullable=True, **options)
