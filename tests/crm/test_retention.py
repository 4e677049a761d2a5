"""What has served its purpose is forgotten on its day, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm import joining, notices, places, retention
from models.chat import Conversation, SeenUpdate
from models.notice import Notice, NoticeState
from models.person import BadToken
from models.sheet import Sheet, SheetKind, SheetRow, Verdict
from models.visit import Place

NOTHING = {"seen_update": 0, "conversation": 0, "notice": 0, "bad_token": 0, "place": 0, "sheet_row": 0}
A_MOMENT = timedelta(seconds=1)


@pytest.fixture
def old(session, li_wei, clock):
    """One of everything that is forgotten, made now."""
    notice = notices.leave(session, li_wei, key="old", address="/today", at=clock.now)
    notice.state, notice.settled_at = NoticeState.SENT, clock.now
    notices.leave(session, li_wei, key="waiting", address="/today", at=clock.now)
    session.add(SeenUpdate(update_id=1, digest=1, at=clock.now))
    draft = {"flow": "visit", "revision": 1, "answers": {}, "memo": {}}
    session.add(Conversation(person_id=li_wei.id, **draft, started_at=clock.now, touched_at=clock.now))
    joining.count_bad_token(session, 777, at=clock.now)
    places.share(session, li_wei, latitude=31.2, longitude=121.5, at=clock.now)
    sheet = Sheet(by_id=li_wei.id, kind=SheetKind.ORDERS, name="a.csv", file_id="f", at=clock.now)
    sheet.heads, sheet.columns, sheet.why, sheet.counts = [], [], {}, {}
    session.add(sheet)
    session.flush()
    said = {"verdict": Verdict.WRONG, "given": {}, "cells": [], "wrong": []}
    session.add(SheetRow(sheet_id=sheet.id, line=2, **said, at=clock.now))


@pytest.mark.parametrize(
    ("table", "model", "days", "left"),
    [
        ("seen_update", SeenUpdate.at, 7, 0),
        ("conversation", Conversation.touched_at, 14, 0),
        ("notice", Notice.due_at, 90, 1),  # one that nobody settled is kept
        ("bad_token", BadToken.at, 1, 0),
        ("place", Place.at, 30, 0),
        ("sheet_row", SheetRow.at, 15, 0),
    ],
)
def test_how_long_things_are_kept(session, old, clock, table, model, days, left):
    clock.passes(days=days)
    assert retention.forget_old(session, now=clock.now)[table] == 0

    assert retention.forget_old(session, now=clock.now + A_MOMENT)[table] == 1
    assert session.scalars(select(func.count(model))).one() == left


def test_there_is_nothing_to_forget_on_the_first_day(session, old, clock):
    assert retention.forget_old(session, now=clock.now) == NOTHING
