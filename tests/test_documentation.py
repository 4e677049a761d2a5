"""The documentation names what is there."""

import re
import tomllib
from pathlib import Path

HOUSE = Path(__file__).parents[1]


def test_every_dependency_has_its_line_and_every_line_its_dependency():
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lines = (HOUSE / "docs" / "dependencies.md").read_text(encoding="utf-8").splitlines()

    described = [
        line.split("|")[1].strip().partition("[")[0] for line in lines if re.match(r"\| [a-z]+[^|]*\| [^|]", line)
    ]

    assert [name for name in described if name != "package"] == [re.split(r"[\[<>=,]", name)[0] for name in wanted]


def test_every_decision_is_in_the_list_and_has_its_four_parts():
    folder = HOUSE / "docs" / "decisions"
    decisions = sorted(folder.glob("[0-9]*.md"))

    assert re.findall(r"\]\((\d.*\.md)\)", (folder / "README.md").read_text(encoding="utf-8")) == [
        d.name for d in decisions
    ]
    for decision in decisions:
        parts = re.findall(r"^## (.*)$", decision.read_text(encoding="utf-8"), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Rejected"], decision.name


def test_every_picture_is_shown_and_every_picture_shown_is_there():
    pages = [*HOUSE.glob("*.md"), *(HOUSE / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"images/([\w-]+\.png)", page.read_text(encoding="utf-8"))}

    assert shown == {picture.name for picture in (HOUSE / "docs" / "images").glob("*.png")}


def test_every_file_that_is_named_is_there():
    pages = [page.read_text(encoding="utf-8") for page in [*HOUSE.glob("*.md"), *(HOUSE / "docs").glob("*.md")]]
    named = {name for page in pages for name in re.findall(r"`((?:bot|crm|dialog|handlers|models)/\w+\.py)`", page)}

    assert [name for name in sorted(named) if not (HOUSE / name).exists()] == []


def test_every_file_of_the_business_is_on_its_map():
    told = (HOUSE / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = told.partition("## A map of `crm/`")[2].partition("## ")[0]

    files = {file.name for file in (HOUSE / "crm").glob("*.py")} - {"__init__.py"}
    assert files - set(re.findall(r"`(\w+\.py)`", table)) == set()
