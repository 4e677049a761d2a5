"""Which file is to be fetched, by whom, how often; and what a report that comes too late changes: nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm import attachments, notices, outbox, visits
from crm.attachments import LEASE, TOLD_AFTER, WAITS, Sent
from crm.rules import Rules
from models.attachment import Attachment, FileKind, FileState, NotKept
from models.notice import Notice
from models.problem import NotFound
from models.visit import Outcome, VisitKind

FACTS = {"media_type": "image/jpeg", "size": 5, "digest": "d" * 64}
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def sends(session, li_wei, east_bearings, clock):
    """Log a visit with so many photos; return them as they are kept."""

    def sends(*sizes: int | None) -> list[Attachment]:
        files = [Sent(FileKind.PHOTO, f"file-{n}", f"unique-{n}", size=size) for n, size in enumerate(sizes)]
        how = {"kind": VisitKind.ROUTINE, "outcome": Outcome.GOOD}
        visit = visits.log(session, li_wei, customer=east_bearings, **how, files=files, at=clock.now)
        return list(session.scalars(select(Attachment).where(Attachment.visit_id == visit.id).order_by(Attachment.id)))

    return sends


def state(session, kept: Attachment) -> tuple[FileState, NotKept | None]:
    session.refresh(kept)
    return kept.state, kept.why


def test_each_file_is_handed_out_once(session, sends, clock):
    first, second = sends(10, None)

    claims = [attachments.claim(session, now=clock.now) for _ in range(3)]

    assert [claim and claim.attachment_id for claim in claims] == [first.id, second.id, None]
    assert len({claim.stored_as for claim in claims if claim}) == 2


def test_a_file_that_says_it_is_too_large_is_not_even_asked_for(session, sends, clock):
    (large,) = sends(Rules().largest_file + 1)

    assert state(session, large) == (FileState.REFUSED, NotKept.TOO_BIG)
    assert large.shown_again
    assert attachments.claim(session, now=clock.now) is None


def test_a_copy_that_is_there_is_not_asked_for_again(session, sends, clock):
    (photo,) = sends(10)
    claim = attachments.claim(session, now=clock.now)

    assert attachments.stored(session, claim, **FACTS)

    assert state(session, photo) == (FileState.STORED, None)
    assert (photo.stored_as, photo.size, photo.digest) == (claim.stored_as, 5, "d" * 64)
    assert attachments.claim(session, now=clock.passes(days=9)) is None


def test_who_dies_over_a_file_leaves_it_to_others_and_comes_too_late_after_that(session, sends, clock):
    (photo,) = sends(10)
    dead = attachments.claim(session, now=clock.now)
    clock.now += LEASE
    second = attachments.claim(session, now=clock.now)

    late = [
        attachments.stored(session, dead, **FACTS),
        attachments.refuse(session, dead, NotKept.BROKEN, at=clock.now),
        attachments.lose(session, dead, NotKept.GONE, at=clock.now),
        attachments.put_off(session, dead, at=clock.now),
        attachments.put_back(session, dead, until=clock.now),
    ]

    assert second.stored_as != dead.stored_as
    assert late == [False] * 5
    assert attachments.nobodys(session, [dead.stored_as, second.stored_as]) == {dead.stored_as}
    assert attachments.stored(session, second, **FACTS)
    assert not attachments.refuse(session, second, NotKept.BROKEN, at=clock.now)
    assert state(session, photo) == (FileState.STORED, None)


def test_what_fails_is_tried_again_after_growing_waits_and_then_given_up(session, sends, clock):
    (photo,) = sends(10)
    for wait in WAITS:
        assert attachments.put_off(session, attachments.claim(session, now=clock.now), at=clock.now)
        assert attachments.claim(session, now=clock.now + wait - A_SECOND) is None
        clock.now += wait
    assert state(session, photo) == (FileState.WAITING, None)

    attachments.put_off(session, attachments.claim(session, now=clock.now), at=clock.now)

    assert list(WAITS) == sorted(WAITS)
    assert state(session, photo) == (FileState.LOST, NotKept.UNREACHABLE)
    assert attachments.claim(session, now=clock.passes(days=9)) is None


def test_what_everybody_dies_over_is_given_up(session, sends, clock):
    (photo,) = sends(10)
    while attachments.claim(session, now=clock.now):
        clock.now += LEASE

    assert state(session, photo) == (FileState.LOST, NotKept.UNREACHABLE)
    assert photo.attempts == len(WAITS) + 1


def test_what_is_nobodys_fault_does_not_count(session, sends, clock):
    (photo,) = sends(10)
    for _ in range(20):
        claim = attachments.claim(session, now=clock.now)
        attachments.put_back(session, claim, until=clock.passes(minutes=1))

    assert attachments.claim(session, now=clock.now).attempts == 1
    assert state(session, photo) == (FileState.WAITING, None)


def test_a_file_that_fails_does_not_hold_up_those_after_it(session, sends, clock):
    slow, quick = sends(10, 10)
    attachments.put_back(session, attachments.claim(session, now=clock.now), until=clock.now)
    attachments.put_off(session, attachments.claim(session, now=clock.now), at=clock.now)

    assert attachments.claim(session, now=clock.passes(minutes=1)).attachment_id == quick.id
    assert attachments.claim(session, now=clock.now).attachment_id == slow.id


@pytest.mark.parametrize(("why", "shown"), [(why, why in {NotKept.TOO_BIG, NotKept.UNREACHABLE}) for why in NotKept])
def test_what_is_not_right_is_not_put_before_others(session, sends, clock, why, shown):
    (photo,) = sends(10)
    attachments.refuse(session, attachments.claim(session, now=clock.now), why, at=clock.now)

    assert state(session, photo) == (FileState.REFUSED, why)
    assert photo.stored_as is None
    assert photo.shown_again is shown


def test_what_no_row_names_is_nobodys(session, sends, clock):
    kept, _refused = sends(10, 10)
    names = [attachments.claim(session, now=clock.now) for _ in range(2)]
    attachments.stored(session, names[0], **FACTS)
    attachments.refuse(session, names[1], NotKept.BROKEN, at=clock.now)
    stray = {f"{n:032x}" for n in range(1_200)}

    everything = stray | {claim.stored_as for claim in names}
    assert attachments.nobodys(session, everything) == stray | {names[1].stored_as}
    assert attachments.nobodys(session, []) == set()

    session.delete(kept)
    session.flush()
    assert attachments.nobodys(session, everything) == everything


def test_a_new_id_is_remembered_for_the_copy(session, sends, clock):
    (photo,) = sends(10)
    claim = attachments.claim(session, now=clock.now)
    attachments.stored(session, claim, **FACTS)

    attachments.known_as(session, claim.stored_as, "another")

    session.refresh(photo)
    assert photo.file_id == "another"


def test_a_database_has_one_shelf_for_ever(session):
    assert attachments.shelf(session) == attachments.shelf(session) != ""


def refuse_all(session, clock, why=NotKept.BROKEN) -> int:
    """Refuse everything that waits; return how many that were."""
    count = 0
    while claim := attachments.claim(session, now=clock.now):
        attachments.refuse(session, claim, why, at=clock.now)
        count += 1
    return count


def sent(session, clock) -> list[Notice]:
    """Send what is due; return it."""
    due = outbox.lease(session, holder="test", now=clock.now, limit=10)
    for number, notice in enumerate(due):
        outbox.sent(session, notice.id, holder="test", message_id=number, at=clock.now)
    return due


def test_who_sent_it_is_told_once_of_all_that_was_refused_of_a_record_and_without_a_sound(
    session, sends, li_wei, clock
):
    first, *_others = sends(10, 10, 10)
    assert refuse_all(session, clock) == 3
    assert sent(session, clock) == []

    clock.now += TOLD_AFTER
    (told,) = sent(session, clock)
    assert (told.to, told.address) == (li_wei, f"/files/{first.id}")
    assert notices.comes_without_a_sound(told)
    assert sent(session, clock) == []
    assert attachments.not_kept(session, li_wei, first.id) == [first, *_others]


def test_what_is_refused_later_of_an_album_is_shown_in_the_same_message_and_of_others_in_a_new_one(
    session, sends, li_wei, clock
):
    one, other, _alone = sends(10, 10, 10)
    one.album = other.album = "a1"
    session.flush()
    threads = []
    for _ in range(3):
        attachments.refuse(session, attachments.claim(session, now=clock.now), NotKept.BROKEN, at=clock.now)
        clock.passes(hours=2)
        (told,) = sent(session, clock)
        threads.append(told.thread)
        assert not told.ping

    assert threads[0] == threads[1] != threads[2]


def test_what_is_lost_at_last_is_told_too(session, sends, li_wei, clock):
    (photo,) = sends(10)
    while attachments.claim(session, now=clock.now):
        clock.now += LEASE
    clock.now += TOLD_AFTER
    assert [notice.address for notice in sent(session, clock)] == [f"/files/{photo.id}"]


def test_of_what_is_kept_of_what_was_seen_at_once_and_of_late_reports_nobody_is_told(session, sends, li_wei, clock):
    sends(Rules().largest_file + 1)
    kept, raced = sends(10, 10)
    attachments.stored(session, attachments.claim(session, now=clock.now), **FACTS)
    late = attachments.claim(session, now=clock.now)
    clock.now += LEASE
    attachments.stored(session, attachments.claim(session, now=clock.now), **FACTS)
    attachments.refuse(session, late, NotKept.BROKEN, at=clock.now)

    assert session.scalars(select(Notice)).all() == []
    for photo in (kept, raced):
        with pytest.raises(NotFound):
            attachments.not_kept(session, li_wei, photo.id)
