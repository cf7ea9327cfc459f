"""Tasks of a user's own: a file with a pair of prompts on every line, as JSON.

{"prompts": ["print('hi", "print(\\"hi"], "answers": ["'", "\\""]}

A line may also say what the pair is for (`"split": "finding"`; `"verifying"` if it does not), and
which `template` and `names` made it, so that a circuit is not verified on what it was found with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from circuitspec.diagnostics.codes import Code
from circuitspec.diagnostics.wording import near_miss
from circuitspec.tasks.error import TaskError
from circuitspec.tasks.task import Pair, Task

PAIR_FILE_SUFFIX = ".jsonl"

_LARGEST = 64 << 20
_MOST_NOTES = 4

Two: TypeAlias = Annotated[tuple[str, str], Field(min_length=2, max_length=2)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    prompts: Two
    answers: Two
    split: Literal["finding", "verifying"] = "verifying"
    template: str = ""
    names: tuple[str, ...] = ()

    @property
    def pair(self) -> Pair:
        return Pair(self.prompts, self.answers, self.template, self.names)


_Numbered: TypeAlias = tuple[int, _Line]
_Mistake: TypeAlias = tuple[int, str, str]
"""A line number, what is wrong there, and what to do about it."""


def read_pair_file(name: str, *, base: Path | None = None) -> Task:
    """The task in a file.

    Args:
        name: its path, by which messages and reports call it.
        base: what it is relative to; the working directory if None.

    Raises:
        TaskError: there is no such file, or it does not hold a task.
    """
    lines, mistakes = _read_lines(_read_text(name, base or Path()))
    mistakes += _repeated(lines)
    if mistakes:
        raise _mistaken(Code.INVALID_PAIRS, name, sorted(mistakes))
    finding, verifying = _split(lines, "finding"), _split(lines, "verifying")
    if not verifying:
        raise TaskError(
            Code.INVALID_PAIRS,
            f"`{name}` holds no pairs to verify with",
            'add lines such as {"prompts": ["a (", "a ["], "answers": [")", "]"]}'
            if not finding
            else 'leave out `"split": "finding"` on some lines',
        )
    leaks = list(_leaks(finding, verifying))
    if leaks:
        raise _mistaken(Code.LEAKING_PAIRS, name, leaks)
    return Task(
        name=name,
        description="pairs of prompts from a file",
        finding=tuple(line.pair for _, line in finding),
        verifying=tuple(line.pair for _, line in verifying),
        finding_lines=tuple(number for number, _ in finding),
        verifying_lines=tuple(number for number, _ in verifying),
    )


def _read_text(name: str, base: Path) -> str:
    try:
        path = base / Path(name).expanduser()
        if path.stat().st_size > _LARGEST:
            raise TaskError(
                Code.INVALID_PAIRS,
                f"`{name}` has {path.stat().st_size >> 20} MiB; the most that is read is "
                f"{_LARGEST >> 20}",
                "take fewer pairs: some hundred are plenty",
            )
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TaskError(
            Code.UNKNOWN_TASK,
            f"there is no file of pairs `{name}`",
            "a path in a spec is relative to the spec's folder",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise TaskError(
            Code.INVALID_PAIRS,
            f"`{name}:{line}` is not UTF-8",
            "open it in an editor and save it as UTF-8",
        ) from None
    # A home of nobody is a RuntimeError, a path with a NUL in it a ValueError.
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TaskError(
            Code.INVALID_PAIRS,
            f"`{name}` cannot be read: {reason.lower()}",
            "check the path and who may read it",
        ) from None


def _read_lines(text: str) -> tuple[list[_Numbered], list[_Mistake]]:
    lines: list[_Numbered] = []
    mistakes: list[_Mistake] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            read = _Line.model_validate_json(line)
        except ValidationError as error:
            # A key that is missing may well be the one that is misspelt.
            first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
            mistakes.append((number, *_explain(first)))
            continue
        if read.prompts[0] == read.prompts[1]:
            mistakes.append((number, "the prompts are the same", "let them differ in one thing"))
        elif read.answers[0] == read.answers[1]:
            what = "the answers are the same"
            mistakes.append((number, what, "give each prompt an answer that the other has not"))
        else:
            lines.append((number, read))
    return lines, mistakes


def _explain(mistake: ErrorDetails) -> tuple[str, str]:
    """What pydantic found, in words, and what to do about it."""
    key = str(mistake["loc"][0]) if mistake["loc"] else ""
    match mistake["type"]:
        case "json_invalid":
            reason = mistake["ctx"]["error"].replace("line 1 column", "character")
            return f"not JSON: {reason}", "write one JSON object a line"
        case "missing" if len(mistake["loc"]) == 1:
            return f"`{key}` is missing", f'add `"{key}": ["...", "..."]`'
        case "extra_forbidden":
            meant = near_miss(key, _Line.model_fields)
            known = ", ".join(f"`{field}`" for field in _Line.model_fields)
            advice = f"did you mean `{meant}`?" if meant is not None else f"the keys are {known}"
            return f"`{key}` is not a key of a pair", advice
        case "literal_error":
            return f"there is no split `{mistake['input']}`", "write `finding` or `verifying`"
        case "model_type" | "model_attributes_type":
            return "not a JSON object", 'write {"prompts": ["...", "..."], ...}'
    if key in ("prompts", "answers"):
        return f"`{key}` is not two strings", f'write `"{key}": ["...", "..."]`'
    kind = "a list of strings" if key == "names" else "a string"
    return f"`{key}` is not {kind}", f"make it {kind}, or leave it out"


def _repeated(lines: Iterable[_Numbered]) -> Iterator[_Mistake]:
    """Pairs of prompts that the file has had before, be it the other way round."""
    seen: dict[tuple[str, frozenset[str]], int] = {}
    for number, line in lines:
        first = seen.setdefault((line.split, frozenset(line.prompts)), number)
        if first != number:
            yield number, f"the same prompts as in line {first}", "delete one of the two lines"


def _split(lines: Iterable[_Numbered], split: str) -> list[_Numbered]:
    return [(number, line) for number, line in lines if line.split == split]


def _leaks(finding: Iterable[_Numbered], verifying: Iterable[_Numbered]) -> Iterator[_Mistake]:
    """What verifying pairs have in common with pairs that circuits are found with."""
    known: dict[tuple[str, str], int] = {}
    for number, line in finding:
        for part in _parts(line):
            known.setdefault(part, number)
    for number, line in verifying:
        for kind, text in _parts(line):
            if (kind, text) in known:
                yield (
                    number,
                    f"the {kind} `{text}` is used for finding, too, in line {known[kind, text]}",
                    f"use each {kind} on one side of the split alone",
                )
                break


def _parts(line: _Line) -> Iterator[tuple[str, str]]:
    yield from (("prompt", prompt) for prompt in line.prompts)
    if line.template:
        yield "template", line.template
    yield from (("name", name) for name in line.names)


def _mistaken(code: Code, name: str, mistakes: list[_Mistake]) -> TaskError:
    """The first mistake, and the next few as notes."""
    (number, what, advice), *others = mistakes
    notes = [f"`{name}:{line}`: {also}" for line, also, _ in others[:_MOST_NOTES]]
    if len(others) > _MOST_NOTES:
        notes.append(f"and {len(others) - _MOST_NOTES} more lines")
    return TaskError(code, f"`{name}:{number}`: {what}", advice, notes=tuple(notes))
