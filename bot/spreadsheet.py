"""Reading a table somebody sent: ``spreadsheet.py FILE NAME OUT``, run apart (``apart.py``) with little to spend.

It writes one JSON list of cells (as text) per row to OUT, and what it found, or why it refused, to standard output.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

MEGABYTE = 1 << 20
MOST_BYTES = 5 * MEGABYTE
MOST_UNPACKED = 50 * MEGABYTE
MOST_RATIO = 100
MOST_ENTRIES = 200
MOST_ROWS = 50_000
MOST_COLUMNS = 60
MOST_CELL = 8_000
"""Characters: twice the longest note there is."""
MEMORY = 256 * MEGABYTE
CPU_SECONDS = 30
ENCODINGS = ("utf-8-sig", "gb18030")
_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".7z", ".rar", ".gz")
NO_RESULT = "#FORMULA!"
"""As ``crm.columns`` knows it; this file runs apart and imports nothing of ours."""
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""Where an old .xls begins, and also an .xlsx with a password."""
_UNUSED = ("numpy", "PIL", "lxml")


class Refused(Exception):
    """The file cannot be taken; ``why`` is a word that a template explains."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.facts = {"what": why, **facts}


def main(arguments: Sequence[str]) -> int:
    """Read the file and return 0; 3 when it is refused."""
    source, name, out = Path(arguments[0]), arguments[1], Path(arguments[2])
    try:
        with out.open("w", encoding="utf-8") as lines:
            found = read(source, name, lines)
    except Refused as refusal:
        return _tell({"refused": refusal.facts}, 3)
    except MemoryError:
        return _tell({"refused": {"what": "too_big"}}, 3)
    except Exception as error:  # noqa: BLE001 - whatever a broken file does to a parser, the sender is told it is broken
        return _tell({"refused": {"what": "broken"}, "error": type(error).__name__}, 3)
    return _tell(found, 0)


def read(source: Path, name: str, lines: IO[str]) -> dict[str, Any]:
    """Write the rows that are not empty, each with its number in the file, and return what was found."""
    ending = name.lower().rpartition(".")[2]
    if source.stat().st_size > MOST_BYTES:
        raise Refused("too_big")
    if ending == "csv":
        return {"rows": _write(_csv_rows(source), lines), "sheets": 1}
    if ending == "xlsx":
        check_archive(source)
        sheets, rows = _xlsx_rows(source)
        return {"rows": _write(rows, lines), "sheets": sheets}
    raise Refused("macros" if ending == "xlsm" else "kind")


def check_archive(source: Path) -> None:
    """Look at an XLSX before anything parses it: its entries, how much they say they hold, and how much they do."""
    with source.open("rb") as opened:
        if opened.read(4) == _OLD_EXCEL:
            raise Refused("locked")
    if not zipfile.is_zipfile(source):
        raise Refused("broken")
    with zipfile.ZipFile(source) as archive:
        entries = archive.infolist()
        _check_names(entries)
        declared, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
        if declared > MOST_UNPACKED or declared > MOST_RATIO * max(packed, 1):
            raise Refused("bomb")
        if _counted(archive, entries) > MOST_UNPACKED:
            raise Refused("bomb")


def _check_names(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename.lower() for entry in entries]
    if any("vbaproject" in name for name in names):
        raise Refused("macros")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("locked")
    if len(names) > MOST_ENTRIES or len(set(names)) < len(names) or any(map(_is_odd, names)):
        raise Refused("bomb")
    if "[content_types].xml" not in names:
        raise Refused("broken")


def _is_odd(name: str) -> bool:
    return ".." in name or name.startswith(("/", "\\")) or name.endswith(_ARCHIVES)


def _counted(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> int:
    """Unpack everything to nowhere; what an archive says of itself may be a lie."""
    total = 0
    for entry in entries:
        with archive.open(entry) as content:
            while total <= MOST_UNPACKED and (part := content.read(65_536)):
                total += len(part)
    return total


def _xlsx_rows(source: Path) -> tuple[int, Iterator[list[str]]]:
    for name in _UNUSED:  # openpyxl takes them if it finds them; numpy alone is more than we may spend
        sys.modules[name] = None  # type: ignore[assignment]
    import openpyxl

    book = openpyxl.load_workbook(source.open("rb"), read_only=True, data_only=True, keep_links=False)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not shown:
        raise Refused("empty")
    rows = ([_text(cell) for cell in row] for row in _cells(shown[0]))
    if not _has_formulas(source):
        return len(shown), rows
    formulas = openpyxl.load_workbook(source.open("rb"), read_only=True, keep_links=False)[shown[0].title]
    return len(shown), _with_formulas(rows, _cells(formulas))


def _cells(sheet: Any) -> Iterator[Sequence[object]]:
    sheet.reset_dimensions()  # what the file says of its size is not believed
    rows: Iterator[Sequence[object]] = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    return rows


def _has_formulas(source: Path) -> bool:
    with zipfile.ZipFile(source) as archive:
        return any(_holds_one(archive, name) for name in archive.namelist() if name.startswith("xl/worksheets/"))


def _holds_one(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as content:
        tail = b""
        while part := content.read(65_536):
            if b"<f>" in tail + part or b"<f " in tail + part:
                return True
            tail = part[-2:]
    return False


def _with_formulas(rows: Iterable[list[str]], formulas: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    """Return the rows, saying where a formula stands whose result the file does not hold."""
    for row, behind in zip(rows, formulas, strict=True):
        yield [cell or (NO_RESULT if formula is not None else "") for cell, formula in zip(row, behind, strict=True)]


def _csv_rows(source: Path) -> Iterator[list[str]]:
    text = _decoded(source.read_bytes())
    csv.field_size_limit(MOST_CELL)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            yield [_tidy(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise Refused("long_cell" if "field larger" in str(error) else "broken") from None


def _decoded(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16")
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused("encoding")


def _delimiter(text: str) -> str:
    head = text[:4_000].partition("\n")[0]
    return max(",;\t", key=head.count)


def _write(rows: Iterable[list[str]], lines: IO[str]) -> int:
    """Write the rows that hold something, and return how many."""
    written = 0
    for number, row in enumerate(rows, 1):
        while row and not row[-1]:
            row.pop()
        if not row:
            continue
        written += 1
        if written > MOST_ROWS + 1:
            raise Refused("too_many_rows", most=MOST_ROWS)
        lines.write(json.dumps([number, row], ensure_ascii=False) + "\n")
    if not written:
        raise Refused("empty")
    return written


def _text(cell: object) -> str:
    """Return what a cell shows, near enough: whole numbers without a point, days without a clock."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time() else cell).isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else _tidy(str(cell))


def _tidy(text: str) -> str:
    """Return the text without what a database cannot hold, on one line."""
    if len(text) > MOST_CELL:
        raise Refused("long_cell")
    return " ".join(text.replace("\0", "").encode("utf-8", "ignore").decode().split())


def _tell(found: dict[str, Any], code: int) -> int:
    sys.stdout.write(json.dumps(found | {"peak_kb": _peak()}))
    return code


def _peak() -> int:
    """Return the most memory this process held, in kB, where the system says so; not what its parent held."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
