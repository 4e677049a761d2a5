"""What Huifang remembers: one file per noun, and rules about one row."""

from models import (
    absence,
    attachment,
    audit,
    chat,
    complaint,
    contract,
    correction,
    customer,
    letter,
    notice,
    order,
    person,
    pledge,
    questionnaire,
    sheet,
    touch,
    visit,
)
from models.base import Base

__all__ = [
    "Base",
    "absence",
    "attachment",
    "audit",
    "chat",
    "complaint",
    "contract",
    "correction",
    "customer",
    "letter",
    "notice",
    "order",
    "person",
    "pledge",
    "questionnaire",
    "sheet",
    "touch",
    "visit",
]
