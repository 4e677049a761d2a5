"""A conversation seen from the person's side, through the engine alone."""

from __future__ import annotations

from types import SimpleNamespace

from models.attachment import FileKind
from models.person import Role
from tests.chatter import Chatter


def serve(olga: Chatter) -> None:
    olga.says("/tea")
    olga.taps("Ana")
    olga.taps("Green tea")
    olga.says("with honey")


def test_a_conversation_asks_its_questions_in_order_and_ends_on_a_page(olga: Chatter, tea_house: SimpleNamespace):
    serve(olga)
    assert "Guest: Ana" in olga.sees
    assert "Nothing is saved yet" in olga.sees

    olga.taps("Save")

    assert olga.sees == "Served green to Ana: with honey"
    assert len(tea_house.served) == 1


def test_a_tap_edits_the_screen_in_place_and_words_bring_a_new_one(olga: Chatter):
    olga.says("/tea")
    first = olga.newest
    olga.taps("Ana")
    assert olga.newest == first

    olga.taps("Green tea")
    olga.says("with honey")
    assert olga.newest > first


def test_back_returns_to_the_question_before_and_keeps_the_rest(olga: Chatter):
    olga.says("/tea")
    olga.taps("Ana")
    olga.taps("Green tea")

    olga.taps("Back")

    assert olga.sees == "Which tea?"
    olga.taps("Black tea")
    assert olga.sees == "Anything to note?"


def test_a_second_tap_on_the_same_button_changes_nothing_and_says_so(olga: Chatter):
    olga.says("/tea")
    button = olga.screen.keyboard[0][0].data
    olga.presses(button)
    olga.presses(button)

    assert olga.toast == "That step is done already. Please go on below."
    assert olga.sees == "Which tea?"


def test_the_save_button_tapped_twice_saves_once(olga: Chatter, tea_house: SimpleNamespace):
    serve(olga)
    save = next(b.data for row in olga.screen.keyboard for b in row if "Save" in b.text)
    olga.presses(save)
    olga.presses(save)

    assert len(tea_house.served) == 1
    assert olga.toast == "That step is done already."


def test_an_answer_edited_at_the_review_leaves_the_others_alone(olga: Chatter, tea_house: SimpleNamespace):
    serve(olga)
    olga.taps("Edit")
    olga.taps("Tea")
    olga.taps("Black tea")
    assert "Tea: Black tea" in olga.sees

    olga.taps("Save")
    assert tea_house.served[0].note == "with honey"


def test_back_from_an_edit_leaves_the_answer_as_it_was(olga: Chatter, tea_house: SimpleNamespace):
    serve(olga)
    for label in ("Note", "Tea"):
        olga.taps("Edit")
        olga.taps(label)
        olga.taps("Back")
        assert "Tea: Green tea" in olga.sees
        assert "Note: with honey" in olga.sees
    olga.taps("Day")
    olga.taps("Back")
    olga.taps("Save")

    assert (tea_house.served[0].note, tea_house.served[0].day) == ("with honey", None)


def test_what_may_come_later_is_offered_at_the_review(olga: Chatter, tea_house: SimpleNamespace):
    serve(olga)
    olga.taps("Day")
    olga.says("next Wed")
    assert "next Wed 2 Dec" in olga.sees
    olga.taps("Others")
    olga.taps("Ben")
    olga.taps("Cho")
    olga.taps("Done (2)")
    olga.taps("Save")

    assert str(tea_house.served[0].day) == "2026-12-02"
    assert [guest.name for guest in tea_house.served[0].others] == ["Ben", "Cho"]


def test_a_photo_where_a_button_is_wanted_is_kept_with_the_draft(olga: Chatter, tea_house: SimpleNamespace):
    olga.says("/tea")
    olga.taps("Ana")
    olga.sends(FileKind.PHOTO)
    assert olga.sees.startswith("I kept the photo with the draft.")
    assert "Which tea?" in olga.sees

    olga.taps("Green tea")
    olga.taps("Skip")
    olga.taps("Save")
    assert len(tea_house.served[0].files) == 1


def test_an_album_is_one_answer_even_when_its_parts_come_late(olga: Chatter, tea_house: SimpleNamespace):
    olga.says("/tea")
    olga.taps("Ana")
    olga.taps("Green tea")
    olga.sends(FileKind.PHOTO, "the leak", album="a1")
    olga.sends(album="a1")
    olga.sends(album="a1")
    olga.taps("Save")

    assert tea_house.served[0].note == "the leak"
    assert len(tea_house.served[0].files) == 3


def test_an_edited_message_corrects_the_answer_it_gave(olga: Chatter, tea_house: SimpleNamespace):
    olga.says("/tea")
    olga.taps("Ana")
    olga.taps("Green tea")
    said = olga.says("with hony")
    olga.edits(said, "with honey")
    assert "with honey" in olga.sees

    olga.taps("Save")
    assert tea_house.served[0].note == "with honey"


def test_a_command_in_the_middle_keeps_the_draft_and_offers_to_resume_it(olga: Chatter):
    olga.says("/tea")
    olga.taps("Ana")
    olga.says("/menu")
    assert "▶ Resume: Serve tea" in olga.buttons

    olga.taps("Resume")
    assert olga.sees == "Which tea?"


def test_cancel_leaves_nothing_behind_and_says_so(olga: Chatter, tea_house: SimpleNamespace):
    serve(olga)
    olga.says("/cancel")
    assert "Cancelled. Nothing was saved." in olga.sees
    assert "Home" in olga.sees
    assert tea_house.served == []


def test_a_refusal_of_the_business_is_shown_above_the_question_and_nothing_is_lost(
    olga: Chatter, tea_house: SimpleNamespace
):
    serve(olga)
    tea_house.kettle.water = False
    olga.taps("Save")
    assert olga.sees.startswith("There is no water.")
    assert "with honey" in olga.sees

    tea_house.kettle.water = True
    olga.taps("Save")
    assert len(tea_house.served) == 1


def test_a_button_of_a_page_works_a_month_later_on_todays_facts(olga: Chatter):
    olga.says("/menu")
    old = olga.newest
    serve(olga)
    olga.taps("Save")

    olga.presses("/cups/1", old)

    assert olga.sees.startswith("Served green")
    assert olga.newest > old


def test_a_forged_address_is_not_found(olga: Chatter):
    for forged in (
        "/cups/99",
        "/cups/x",
        "/nowhere",
        "/do/nothing",
        "/resume/999",
        "/resume/99999999999999999999999",
        "/",
        "/cups/1?cup_id=2",
        "//",
    ):
        olga.presses(forged, 1)
        assert olga.reply.toast or olga.reply.screen


def test_a_door_gives_answers_already_known_and_hands_them_on(olga: Chatter, tea_house: SimpleNamespace):
    olga.presses("/do/tea?guest=2&kind=green", 1)
    assert olga.sees == "Anything to note?"
    assert [name for name, _value in tea_house.heard] == ["guest", "kind"]

    olga.presses("/do/tea?guest=2&kind=green", 1)
    assert olga.sees == "Anything to note?"


def test_words_typed_behind_a_command_fill_its_answers(olga: Chatter):
    olga.says("/tea 3")
    assert olga.sees == "Which tea?"


def test_a_role_withdrawn_in_the_middle_ends_the_conversation(olga: Chatter):
    olga.says("/tea")
    olga.person.role = Role.CUSTOMER
    olga.taps("Ana")
    assert olga.toast == "That is for our colleagues only."


def test_searching_turning_pages_and_ticking_keep_their_place(olga: Chatter):
    olga.says("/tea")
    assert "Gus" not in olga.buttons
    olga.taps("›")
    assert "Gus" in olga.buttons
    olga.says("an")
    assert [b for b in olga.buttons if b in {"Ana", "Hana"}] == ["Ana", "Hana"]
    olga.says("ana")
    assert olga.sees == "Which tea?"


def test_too_long_an_answer_is_refused_with_what_would_fit(olga: Chatter):
    olga.says("/tea")
    olga.taps("Ana")
    olga.taps("Green tea")
    olga.says("x" * 5000)
    assert olga.sees.startswith("That is 5000 characters; at most 200 fit here.")


def test_a_deep_link_opens_the_page_it_names_even_when_what_it_names_has_dashes(olga: Chatter):
    olga.says("/start words-of-wisdom-_")
    assert olga.sees == "You said of-wisdom-_"


def test_what_is_done_at_one_tap_can_be_done_by_a_command(olga: Chatter, tea_house: SimpleNamespace):
    tea_house.kettle.water = False
    olga.says("/fill")
    assert tea_house.kettle.water
    assert olga.sees == "Home"


def test_a_forged_number_too_large_for_any_table_is_not_found(olga: Chatter):
    olga.presses(f"/cups/1?slice={'9' * 30}", 1)
    assert olga.toast
    assert not olga.screens


def test_a_free_message_can_open_a_conversation_as_its_first_answer(olga: Chatter, tea_house: SimpleNamespace):
    said = olga.says("note the leek")
    assert olga.sees == "Note note the leek with 0. Which tea?"
    assert tea_house.heard == [("words", "note the leek")]

    olga.edits(said, "note the leak")
    olga.taps("Green tea")
    assert tea_house.served[0].note == "note the leak"


def test_the_later_parts_of_an_album_join_the_conversation_its_first_part_opened(
    olga: Chatter, tea_house: SimpleNamespace
):
    olga.sends(album="a7")
    olga.sends(album="a7")
    olga.sends(album="a7")
    assert olga.sees == "Note  with 3. Which tea?"

    olga.taps("Green tea")
    assert len(tea_house.served[0].files) == 3


def test_a_message_that_opened_a_conversation_is_not_lost_when_another_one_is_begun(olga: Chatter):
    olga.says("note the leak")
    olga.says("/tea")
    olga.says("/menu")
    olga.taps("Resume: Note")
    assert olga.sees.startswith("Note note the leak")


def test_leaving_a_conversation_that_saves_at_once_does_not_claim_that_nothing_was_saved(olga: Chatter):
    olga.says("note the leak")
    olga.taps("Cancel")
    assert olga.sees.startswith("Stopped here. What you answered is saved.")


def test_a_conversation_may_hand_over_to_another_with_all_that_was_said(olga: Chatter, tea_house: SimpleNamespace):
    said = olga.says("maybe with hony")
    olga.sends()
    olga.taps("Green tea")
    assert olga.sees == "Which guest?"

    olga.edits(said, "with honey")
    olga.taps("Ana")
    assert "Note: with honey" in olga.sees
    olga.taps("Save")
    assert (tea_house.served[0].kind, tea_house.served[0].note) == ("green", "with honey")
    assert len(tea_house.served[0].files) == 1
    olga.says("/menu")
    assert "Resume" not in "".join(olga.buttons)


def test_an_album_goes_on_before_the_question_it_answers_is_reached(olga: Chatter, tea_house: SimpleNamespace):
    olga.says("maybe", album="a3")
    olga.taps("Green tea")
    olga.sends(album="a3")
    olga.sends(album="a3")
    olga.taps("Ana")
    olga.taps("Save")
    assert len(tea_house.served[0].files) == 2
    assert tea_house.served[0].note == "maybe"
