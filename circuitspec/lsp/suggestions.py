"""The things that completion offers, each with its description and perhaps a snippet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from circuitspec.language.header import HEADER
from circuitspec.language.words import PLAIN_CLAIMS, STATEMENTS
from circuitspec.lsp.outline import CircuitOutline
from circuitspec.lsp.words import (
    CLAIMS,
    DOCUMENTATION,
    IN_CLAIMS,
    KEYWORDS,
    METRICS,
    SETTINGS,
    WHERE,
)
from circuitspec.lsp.words import STATES as STATES
from circuitspec.model.blueprint import CONFIG
from circuitspec.model.shipped import shipped_models
from circuitspec.tasks.shipped import attack_tasks, describe_task, shipped_tasks

Kind: TypeAlias = Literal["keyword", "snippet", "node", "place", "value", "symbol", "file"]

_MOST_FILES = 200


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """One thing that can be written.

    Attributes:
        label: what is shown in the list, and what typing is compared with.
        detail: a few words beside it.
        documentation: what it means.
        text: what is written, if it is not the label.
        snippet: what is written where the editor knows snippets, if that is more.
        goes_on: once it is written, what comes next can be suggested right away.
        start, end: what is replaced.
    """

    label: str
    kind: Kind
    detail: str = ""
    documentation: str = ""
    text: str | None = None
    snippet: str | None = None
    goes_on: bool = False
    start: int = 0
    end: int = 0


_ONCE = {"model", "task", "ablate", "scope", "calibrate", "level", "also", "report"}
_SNIPPETS = {
    "node": 'node ${1:name} = ${2:L0.mlp.neuron}[${3:0}]  "${4:what it does}"',
    "outside": 'outside ${1:name} = ${2:L0.mlp.neuron}[${3:0}]  "${4:what it does}"',
    "edge": "edge ${1:source} -> ${2:target}",
    "predict": 'predict "${1:what happens}": task ${2:single_double_quote}, accuracy <= ${3:50%}',
}
_CLAIM_SNIPPETS = {
    "sufficient": "sufficient: loss <= ${1:0.15}",
    "necessary": "necessary: loss >= ${1:0.60}",
    "minimal": "minimal: every node costs >= ${1:0.005}",
    "faithful": "faithful: agreement >= ${1:95%}",
    "specific": "specific: text_loss <= ${1:0.05}",
    "complete": "complete: gap <= ${1:0.2}",
    "unique": "unique: loss >= ${1:0.5}",
    "beats": "beats random_circuits: share >= ${1:95%}",
}
_CIRCUIT = """\
circuit ${1:name} {
  "${2:What it does, in a sentence.}"

  model   ${3:python-small}
  task    ${4:single_double_quote}
  ablate  mean over pretraining

  node ${5:name} = ${6:L0.mlp.neuron}[${7:0}]

  expect sufficient: loss <= ${8:0.15}
  expect necessary:  loss >= ${9:0.60}
}"""

CIRCUIT = Suggestion(
    label="circuit",
    kind="snippet",
    detail="a circuit and all that it needs",
    documentation=KEYWORDS["circuit"],
    snippet=_CIRCUIT,
)
FILE = Suggestion(
    label=HEADER,
    kind="snippet",
    detail="the first line, and a circuit",
    documentation=KEYWORDS["circuitspec"],
    snippet=f"{HEADER}\n\n{_CIRCUIT}\n",
)
CHANNEL = Suggestion(
    label="channel",
    kind="keyword",
    detail="a channel of the residual stream",
    documentation=KEYWORDS["channel"],
    snippet="channel ${1:0} from ${2:L0.mlp} to ${3:L1.attn}",
)


def keyword(word: str) -> Suggestion:
    """A word of the language that is not the last of its statement."""
    return Suggestion(
        label=word, kind="keyword", documentation=KEYWORDS[word], text=f"{word} ", goes_on=True
    )


def statements(circuit: CircuitOutline) -> Iterator[Suggestion]:
    """The words that may begin the next statement of a circuit."""
    said = {statement.word.text for statement in circuit.statements}
    for word in STATEMENTS:
        if word in _ONCE and word in said:
            continue
        yield Suggestion(
            label=word,
            kind="snippet" if word in _SNIPPETS else "keyword",
            documentation=KEYWORDS[word],
            text=f"{word} ",
            snippet=_SNIPPETS.get(word),
            goes_on=word not in _SNIPPETS,
        )


def setting(word: str, text: str | None = None) -> Suggestion:
    """A way to ablate, a reference data set, a scope or a number that is fitted."""
    return Suggestion(label=text or word, kind="value", documentation=SETTINGS[word])


def claims() -> Iterator[Suggestion]:
    """The claims, each in its own form."""
    for word, meaning in CLAIMS.items():
        plain = word in PLAIN_CLAIMS
        snippet = _CLAIM_SNIPPETS.get(word)
        yield Suggestion(
            label=word,
            kind="keyword" if snippet is None else "snippet",
            documentation=meaning,
            text=f"{word}: " if plain else f"{word} ",
            snippet=snippet,
            goes_on=snippet is None,
        )


def value(word: str) -> Suggestion:
    """A word that says of what, or against what, something is claimed."""
    return Suggestion(label=word, kind="value", documentation=DOCUMENTATION[word])


def in_claim(word: str) -> Suggestion:
    """A word that stands for many nodes in a claim."""
    return Suggestion(label=word, kind="value", documentation=IN_CLAIMS[word])


def where(word: str) -> Suggestion:
    """A word that says where a claim is looked at."""
    return Suggestion(label=word, kind="value", documentation=WHERE[word])


def phrase(word: str, rest: str) -> Suggestion:
    """A word of the language with all that must follow it."""
    return Suggestion(label=f"{word} {rest}", kind="keyword", documentation=KEYWORDS[word])


def metric(word: str) -> Suggestion:
    """A metric."""
    return Suggestion(
        label=word, kind="value", documentation=METRICS[word], text=f"{word} ", goes_on=True
    )


def node(name: str, description: str) -> Suggestion:
    """A node of the circuit, or one half of it."""
    return Suggestion(label=name, kind="node", detail=description)


def symbol(text: str, detail: str) -> Suggestion:
    """A sign or a short word that needs no page of its own."""
    return Suggestion(label=text, kind="symbol", detail=detail)


def models(folder: Path | None) -> Iterator[Suggestion]:
    """The models that come with circuitspec, and the folders beside a file that hold one."""
    for name in shipped_models():
        yield Suggestion(label=name, kind="value", detail="comes with circuitspec")
    for path in _beside(folder, f"*/{CONFIG}", f"*/*/{CONFIG}"):
        yield Suggestion(label=f"./{path.parent.as_posix()}", kind="file", detail="a model")


def tasks(folder: Path | None) -> Iterator[Suggestion]:
    """The tasks that come with circuitspec, and files of pairs beside a file."""
    for name in (*shipped_tasks(), *attack_tasks()):
        yield Suggestion(label=name, kind="value", detail=describe_task(name))
    for path in _beside(folder, "*.jsonl", "*/*.jsonl"):
        yield Suggestion(label=f"./{path.as_posix()}", kind="file", detail="pairs of prompts")


def _beside(folder: Path | None, *patterns: str) -> Iterator[Path]:
    """Files that match, relative to a folder; a quick look, not a search."""
    if folder is None:
        return
    count = 0
    for pattern in patterns:
        try:
            for path in sorted(folder.glob(pattern)):
                count += 1
                if count > _MOST_FILES:
                    return
                yield path.relative_to(folder)
        except (OSError, ValueError):  # a folder that cannot be read, or cannot even be
            return
