"""/import: a table is read, shown, and only then taken over; for a week all of it can go back."""

from __future__ import annotations

from typing import Any

from crm import sheets
from crm.rules import rules
from dialog.events import Event, File, Message
from dialog.flow import Script, flow
from dialog.page import act, page
from dialog.question import Answer, Frozen, Heard, Here, Question, Refusal
from dialog.questions import Choice
from dialog.screen import Act, Button, Door, Link, Rows, Screen
from dialog.talk import Talk
from dialog.words import _, brief
from handlers.headings import heads, table, why
from handlers.menu import to_home
from handlers.paging import leaf, turning
from models.attachment import FileKind
from models.person import Permission
from models.sheet import Sheet, SheetKind, SheetRow, SheetState, Verdict

ENDINGS = (".xlsx", ".csv")
OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".et")
A_FEW = 5
MOST_WRONG = 5_000
"""Rows in the file that goes back."""


def is_table(file: File) -> bool:
    """Return whether the file could be taken over."""
    return file.kind is FileKind.DOCUMENT and file.name.lower().endswith(ENDINGS)


class TableFile(Question[File]):
    """A spreadsheet, sent as a document."""

    takes_files = True
    rejection = _("Please send the table as a document: .xlsx or .csv, at most 5 MB.")

    def rows(self, here: Here) -> Rows:
        """Return the ways to an empty table of each kind."""
        return _blanks(here.talk)

    def hear(self, here: Here, event: Event) -> Heard[File]:  # noqa: ARG002 - files are alike in every language
        """Return the file, or say how to save it so that it can be read."""
        if not isinstance(event, Message) or event.file is None:
            return Refusal(self.rejection)
        if event.file.name.lower().endswith(OTHERS):
            return Refusal(_("Please save it as .xlsx, without macros, or as .csv, and send that."))
        return Answer(event.file) if is_table(event.file) else Refusal(self.rejection)

    def amend(self, here: Here, frozen: Frozen, event: Message) -> Heard[File]:
        """Return the file as it is: words beside it do not matter."""
        return Answer(self.thaw(here.talk, frozen)) if event.file is None else self.hear(here, event)

    def freeze(self, value: File) -> Frozen:
        """Return the file's ids as JSON."""
        return value.frozen()

    def thaw(self, talk: Talk, frozen: Frozen) -> File:  # noqa: ARG002 - the interface
        """Return the file."""
        return File.thawed(frozen)


@flow("import", _("Import a table"), needs=Permission.IMPORT_TABLES, command="import")
def bring_in(talk: Talk) -> Script:
    """The file, and what stands in it. It is read afterwards, and nothing is taken over before somebody said so."""
    file = yield from TableFile("file")
    kind = yield from Choice("kind", SheetKind, across=1)
    sheet = sheets.receive(talk.session, talk.person, kind=kind, name=file.name, file_id=file.file_id, at=talk.now)
    return import_page(talk, sheet.id)


@page("/imports", needs=Permission.IMPORT_TABLES)
def imports(talk: Talk, page: int = 0) -> Screen:
    """The tables sent so far, the newest first."""
    listed, more = leaf(
        page, lambda limit, offset: sheets.recent(talk.session, talk.person, limit=limit, offset=offset)
    )
    return Screen(
        "import/list",
        sheets=listed,
        rows=[
            *([Link(_line(talk, sheet), import_page, sheet.id)] for sheet in listed),
            turning(imports, page=page, more=more),
            *_blanks(talk),
            [Door(_("📥 Import a table"), bring_in)],
            [to_home()],
        ],
    )


@page("/imports/{sheet_id}", needs=Permission.IMPORT_TABLES)
def import_page(talk: Talk, sheet_id: int) -> Screen:
    """One table: being read, what it would do, being taken over, what it did."""
    sheet = sheets.find(talk.session, talk.person, sheet_id)
    odd = sheets.rows_of(talk.session, talk.person, sheet, Verdict.WRONG, Verdict.STAYED, limit=A_FEW)
    return Screen(
        "import/page",
        thread=f"import:{sheet.id}",
        sheet=sheet,
        refused=why(talk.words, sheet.kind, sheet.why) if sheet.why else "",
        unused=[head for head, meant in zip(sheet.heads, sheet.columns, strict=False) if head and not meant],
        odd=[(row.line, _whys(talk, sheet, row)) for row in odd],
        count={verdict.value: sheet.count(verdict) for verdict in Verdict},
        left=sheet.count(Verdict.KNOWN) + sheet.count(Verdict.TWICE),
        more=sheet.count(Verdict.WRONG) + sheet.count(Verdict.STAYED) > len(odd),
        undo_until=sheet.done_at + rules(talk.session).sheet_for if sheet.done_at else None,
        rows=[_doing(talk, sheet), [_errors(sheet), _earlier(sheet)], [Link(_("📥 Imports"), imports), to_home()]],
    )


@page("/imports/{sheet_id}/errors", needs=Permission.IMPORT_TABLES)
def errors(talk: Talk, sheet_id: int) -> Screen:
    """The rows that cannot be taken over, as they stand in the file, with a column that says why."""
    sheet = sheets.find(talk.session, talk.person, sheet_id)
    wrong = sheets.rows_of(talk.session, talk.person, sheet, Verdict.WRONG, limit=MOST_WRONG)
    rows: list[list[Any]] = [
        [row.line, *_padded(row.cells, len(sheet.heads)), _whys(talk, sheet, row)] for row in wrong
    ]
    titles = [talk.say(_("Row")), *sheet.heads, talk.say(_("What is wrong"))]
    return Screen(
        "import/errors",
        sheet=sheet,
        shown=len(rows),
        table=table(talk, _("Rows to correct"), titles, rows),
        rows=[[Link(_("‹ Back"), import_page, sheet_id)]],
    )


@page("/imports/blank/{kind}", needs=Permission.IMPORT_TABLES)
def blank(talk: Talk, kind: SheetKind) -> Screen:
    """An empty table with the right header."""
    empty = table(talk, _("Empty table"), heads(talk.words, kind), [])
    return Screen("import/blank", kind=kind, table=empty, rows=[[Door(_("📥 Import a table"), bring_in)]])


@page("/imports/{sheet_id}/undoing", needs=Permission.IMPORT_TABLES)
def undoing(talk: Talk, sheet_id: int) -> Screen:
    """Ask before everything is taken back."""
    sheet = sheets.find(talk.session, talk.person, sheet_id)
    sure = [Act(_("↩️ Yes, take it all back"), undo, sheet.id, version=sheet.version)]
    return Screen(
        "import/undoing",
        sheet=sheet,
        made=sheet.count(Verdict.MADE),
        rows=[
            sure if sheets.undoable(talk.session, sheet, now=talk.now) else [],
            [Link(_("‹ Back"), import_page, sheet_id)],
        ],
    )


@act("/imports/{sheet_id}/confirm", needs=Permission.IMPORT_TABLES)
def confirm(talk: Talk, sheet_id: int, version: int) -> Screen:
    """Take over what was shown."""
    sheets.confirm(talk.session, talk.person, sheet_id, version=version, at=talk.now)
    return import_page(talk, sheet_id)


@act("/imports/{sheet_id}/discard", needs=Permission.IMPORT_TABLES)
def discard(talk: Talk, sheet_id: int, version: int) -> Screen:
    """Drop what was read."""
    sheets.discard(talk.session, talk.person, sheet_id, version=version, at=talk.now)
    return import_page(talk, sheet_id)


@act("/imports/{sheet_id}/undo", needs=Permission.IMPORT_TABLES)
def undo(talk: Talk, sheet_id: int, version: int) -> Screen:
    """Take everything back that was not changed since."""
    sheets.undo(talk.session, talk.person, sheet_id, version=version, at=talk.now)
    return import_page(talk, sheet_id)


def _blanks(talk: Talk) -> Rows:
    return [[Link(_("📄 Empty table: {kind}", kind=talk.words.name(kind)), blank, kind)] for kind in SheetKind]


def _doing(talk: Talk, sheet: Sheet) -> list[Button | None]:
    """Return what can be done with it now."""
    new, which = sheet.count(Verdict.NEW), {"version": sheet.version}
    if sheet.state is SheetState.READY:
        return [
            Act(_("📥 Import {count}", count=new), confirm, sheet.id, **which) if new else None,
            Act(_("🗑 Discard"), discard, sheet.id, **which),
        ]
    if sheets.undoable(talk.session, sheet, now=talk.now):
        return [Link(_("↩️ Take it all back"), undoing, sheet.id)]
    return []


def _errors(sheet: Sheet) -> Button | None:
    open_ = sheet.state in {SheetState.READY, SheetState.DONE}
    wrong = sheet.count(Verdict.WRONG) if open_ else 0
    return Link(_("📎 Rows to correct: {count}", count=wrong), errors, sheet.id) if wrong else None


def _earlier(sheet: Sheet) -> Button | None:
    return Link(_("🗂 The earlier import"), import_page, sheet.same_as_id) if sheet.same_as_id else None


def _whys(talk: Talk, sheet: Sheet, row: SheetRow) -> str:
    return talk.say(_("; ")).join(why(talk.words, sheet.kind, one) for one in row.wrong)


def _line(talk: Talk, sheet: Sheet) -> str:
    day = talk.words.written(sheet.at.astimezone(talk.zone).date(), talk.today)
    return f"{day} · {talk.words.name(sheet.kind)} · {brief(sheet.name, 24)}"


def _padded(cells: list[Any], width: int) -> list[Any]:
    return [*cells, *[""] * (width - len(cells))][:width]
