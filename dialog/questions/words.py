"""Words: text in the person's own words, with voice, photos and other files beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dialog.events import Event, File, Message
from dialog.kept import Part
from dialog.question import Answer, Frozen, Heard, Here, Question, Refusal
from dialog.talk import Talk
from dialog.words import Label, _, brief, clean
from models.attachment import FileKind

MOST_FILES = 10
"""As many as an album has."""


@dataclass(frozen=True)
class Said:
    """What somebody said: text, and the files that came with it."""

    text: str = ""
    files: tuple[File, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        return self.text


class Words(Question[Said]):
    """Free text up to ``most`` characters; voice and up to ``photos`` files where they make sense.

    With ``line`` the text is one line (a name); with ``files_alone`` a file without words is an answer too; with
    ``whose`` it is the person's own note, and says of forwarded words whose they are.
    """

    takes_files = True

    def __init__(
        self,
        name: str,
        label: Label | None = None,
        *,
        most: int = 4000,
        line: bool = False,
        voice: bool = False,
        photos: int = 0,
        files_alone: bool = False,
        whose: bool = False,
        optional: bool = False,
        later: bool = False,
    ) -> None:
        super().__init__(name, label, optional=optional, later=later)
        self.most = most
        self.line = line
        self.voice = voice
        self.photos = photos
        self.files_alone = files_alone
        self.whose = whose
        self.rejection = _rejection(voice=voice, files_alone=files_alone)

    def hear(self, here: Here, event: Event) -> Heard[Said]:  # noqa: ARG002 - words are heard alike everywhere
        """Return the words and the file, or say what is wrong with them."""
        if not isinstance(event, Message):
            return Refusal(self.rejection)
        text = Part.of(event).words if self.whose else clean(event.text, line=self.line)
        if len(text) > self.most:
            return Refusal(
                _("That is {count} characters; at most {most} fit here.", count=len(text), most=self.most),
            )
        if event.file is not None and not self._takes(event.file):
            return Refusal(self.rejection)
        if not text and not self._enough(event.file):
            return Refusal(self.rejection)
        if self.line and not any(map(str.isalnum, text)):
            return Refusal(_("Please write it with letters or digits."))
        return Answer(Said(text, (event.file,) if event.file else ()))

    def amend(self, here: Here, frozen: Frozen, event: Message) -> Heard[Said]:
        """Return the answer with its text corrected, or with a further file of its album."""
        before = self.thaw(here.talk, frozen)
        if event.file is not None:
            return Answer(self.joined(before, event))
        heard = self.hear(here, replace(event, file=before.files[0] if before.files else None))
        return Answer(Said(heard.value.text, before.files)) if isinstance(heard, Answer) else heard

    def freeze(self, value: Said) -> Frozen:
        """Return text and files as JSON."""
        return {"text": value.text, "files": [file.frozen() for file in value.files]}

    def thaw(self, talk: Talk, frozen: Frozen) -> Said:  # noqa: ARG002 - the interface
        """Return what was said; a door may have given plain text."""
        if isinstance(frozen, str):
            return Said(clean(frozen, line=self.line)[: self.most])
        return Said(frozen["text"], tuple(File.thawed(file) for file in frozen["files"]))

    def show(self, talk: Talk, value: Said) -> str:
        """Return the text, cut for the review, and how many files came with it."""
        files = talk.words.kinds(value.files)
        return " ".join(part for part in (brief(value.text, 500), files) if part)

    def joined(self, before: Said, event: Message) -> Said:
        """Return the answer with a further file, if there is room for it and it is not there yet."""
        known = {file.unique_id for file in before.files}
        if event.file is None or event.file.unique_id in known or len(before.files) >= max(self.photos, 1):
            return before
        texts = (before.text, clean(event.text, line=self.line))
        return Said("\n".join(text for text in texts if text), (*before.files, event.file))

    def _takes(self, file: File) -> bool:
        return self.photos > 0 if file.kind is not FileKind.VOICE else self.voice

    def _enough(self, file: File | None) -> bool:
        return file is not None and (self.files_alone or file.kind is FileKind.VOICE)


def _rejection(*, voice: bool, files_alone: bool) -> Label:
    if files_alone:
        return _("Please send words, a photo or a voice message.")
    return _("Please write it or send a voice message.") if voice else _("Please answer in words.")


def said_in(message: Message) -> Frozen:
    """Return a message as the frozen answer to a question of words: to begin a conversation with it."""
    return {"text": clean(message.text), "files": [message.file.frozen()] if message.file else []}


def said_since(frozen: Frozen, message: Message) -> Frozen:
    """Return such an answer after its message was edited or its album went on, before its question was reached."""
    if not isinstance(frozen, dict) or "files" not in frozen:
        return frozen
    words = Words("", photos=MOST_FILES)
    before = Said(frozen["text"], tuple(File.thawed(file) for file in frozen["files"]))
    edited = Said(clean(message.text) or before.text, before.files)
    return words.freeze(words.joined(before, message) if message.file else edited)
