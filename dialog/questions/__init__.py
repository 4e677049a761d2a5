"""The kinds of questions."""

from dialog.questions.choice import Choice, Scale, YesNo
from dialog.questions.day import PickDay, PickMoment, PickPast, still_to_come
from dialog.questions.number import Money, Number
from dialog.questions.pick import Pick, PickMany
from dialog.questions.place import SharePlace
from dialog.questions.review import Review, SaveAs
from dialog.questions.words import Said, Words, said_in

__all__ = [
    "Choice",
    "Money",
    "Number",
    "Pick",
    "PickDay",
    "PickMany",
    "PickMoment",
    "PickPast",
    "Review",
    "Said",
    "SaveAs",
    "Scale",
    "SharePlace",
    "Words",
    "YesNo",
    "said_in",
    "still_to_come",
]
