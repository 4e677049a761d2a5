"""``huifang flows``: each conversation's diagram, drawn from what it does when it is driven through the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bot.crawl import ENDING, Crawl, Manner, Step
from bot.stage import stage
from dialog.flow import Flow
from models.complaint import MOVES, Stage

_MOST_ANSWERS = 4
_SKIP = "skip"
_UNSAID = {Manner.SKIP: _SKIP, Manner.GIVEN: "the rest is known"}
_INTRODUCTION = """\
# Conversations

Drawn from the code by `make flows`. A box is a question, a stadium the page it ends on. What stands on an arrow is the
answer that leads there; dashed arrows lead to what may be added at the review and back.
"""


def run(out: Path, say: Callable[[str], None]) -> int:
    """Write the diagrams and return 0, or 1 when a conversation could not be driven through."""
    with stage() as scene:
        crawl = scene.crawl("en")
        words = scene.house.languages["en"]
        text = document(crawl, scene.house.book.flows, {stage: words.name(stage) for stage in Stage})
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    say(f"{len(scene.house.book.flows)} conversations: {out}")
    missing = scene.house.book.flows.keys() - crawl.flows.keys()
    for name in sorted(missing):
        say(f"! no way was found into {name}")
    return 1 if missing else 0


def document(crawl: Crawl, flows: Mapping[str, Flow], stages: Mapping[Stage, str]) -> str:
    """Return all diagrams as Markdown, and the complaint's stages at the end."""
    parts = [_INTRODUCTION]
    for name in sorted(crawl.flows):
        flow = flows[name]
        command = f" · `/{flow.command}`" if flow.command else ""
        steps = [step for step in crawl.steps if step.flow == name]
        parts.append(f"## {flow.title}{command}\n\n{first_line(flow)}\n\n{_fenced(flowchart(steps))}")
    parts.append(f"## The stages of a complaint\n\n{_fenced(state_diagram(stages))}")
    return "\n".join(parts)


def first_line(flow: Flow) -> str:
    """Return what the conversation says of itself."""
    return (flow.script.__doc__ or "").strip().partition("\n")[0]


def flowchart(steps: Iterable[Step]) -> str:
    """Return a conversation as a Mermaid flowchart."""
    arrows = _arrows(_plain(list(steps)))
    names = dict.fromkeys(name for start, end, _dashed in arrows for name in (start, end))
    ids = {name: f"n{number}" for number, name in enumerate(names)}
    nodes = [f"    {ids[name]}{_shape(name)}" for name in names]
    lines = [_arrow(ids[start], ids[end], dashed, labels) for (start, end, dashed), labels in arrows.items()]
    return "\n".join(["flowchart TD", *nodes, *lines])


def state_diagram(stages: Mapping[Stage, str]) -> str:
    """Return the moves a complaint may make as a Mermaid state diagram."""
    named = [f'    state "{stages[stage]}" as {stage.value}' for stage in Stage]
    moves = [f"    {was.value} --> {became.value}" for was in Stage for became in sorted(MOVES[was])]
    ends = [f"    {stage.value} --> [*]" for stage in Stage if not MOVES[stage]]
    return "\n".join(["stateDiagram-v2", *named, f"    [*] --> {next(iter(Stage)).value}", *moves, *ends])


def _plain(steps: Sequence[Step]) -> list[Step]:
    """Return the steps without the short cuts that are taken only when more was known from the beginning."""
    fewest = {step.question: min(s.given for s in steps if s.question == step.question) for step in steps}
    usual = {(step.question, step.to) for step in steps if step.given == fewest[step.question]}
    return [step for step in steps if (step.question, step.to) in usual or not step.question]


def _arrows(steps: Iterable[Step]) -> dict[tuple[str, str, bool], list[str]]:
    """Return the arrows with the answers that stand on them: none where any answer will do."""
    arrows: dict[tuple[str, str, bool], dict[str, None]] = {}
    for step in steps:
        answers = arrows.setdefault((step.question, step.to, step.manner is Manner.LATER), {})
        answers[_UNSAID.get(step.manner, step.answer)] = None
    ways = Counter(start for start, _end, dashed in arrows if not dashed)
    return {
        (start, end, dashed): [] if "" in answers or (ways[start] == 1 and _SKIP not in answers) else list(answers)
        for (start, end, dashed), answers in arrows.items()
    }


def _shape(name: str) -> str:
    if not name:
        return "((( )))"
    return f'(["{name.removeprefix(ENDING).strip()}"])' if name.startswith(ENDING) else f'["{name}"]'


def _arrow(start: str, end: str, dashed: bool, labels: list[str]) -> str:
    if dashed:
        return f"    {start} -.-> {end}"
    words = " / ".join([*labels[:_MOST_ANSWERS], *(["…"] if len(labels) > _MOST_ANSWERS else [])])
    return f"    {start} -->" + (f'|"{words}"|' if words else "") + f" {end}"


def _fenced(diagram: str) -> str:
    return f"```mermaid\n{diagram}\n```\n"
