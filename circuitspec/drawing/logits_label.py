"""What stands at the end of a drawing: two candidate tokens, and their probabilities."""

from __future__ import annotations

from circuitspec.drawing import style
from circuitspec.drawing.flow import RIGHT, Flow
from circuitspec.drawing.snippet_label import cropped_start, mono, token_text
from circuitspec.drawing.text import beside, font, percent, table, verbatim
from circuitspec.evidence.evidence import Example

_PROMPT_WIDTH = 16
_SIZE = 9
# The length of a bar that stands for certainty, in points.
_BAR = 34
_TABLE = 'BORDER="0" CELLBORDER="0" CELLSPACING="0"'


def logits_label(example: Example | None, flow: Flow) -> str:
    """The HTML-like label of the logits.

    With an example, candidates by prompts or prompts by candidates, so that lines along `flow`
    arrive at the candidates, which have the ports `c0` and `c1`.
    """
    title = font("logits", size=9, colour=style.GREY)
    if example is None:
        return f"<{title}>"
    candidates = [
        f'<TD PORT="c{i}" BGCOLOR="{style.PAPER}">{_candidate(token)}</TD>'
        for i, token in enumerate(example.candidates)
    ]
    prompts = [f"<TD>{_prompt(prediction.prompt)}</TD>" for prediction in example.predictions]
    numbers = [[f"<TD>{_probability(example, i, j)}</TD>" for j in (0, 1)] for i in (0, 1)]
    corner = f"<TD>{font('next token', size=7, colour=style.GREY)}</TD>"
    if flow is RIGHT:
        rows = [corner + "".join(prompts)]
        rows += [candidates[j] + numbers[0][j] + numbers[1][j] for j in (0, 1)]
    else:
        rows = [prompts[i] + "".join(numbers[i]) for i in (0, 1)]
        rows += [corner + "".join(candidates)]
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    note = beside(
        font("circuit alone", size=7.5, bold=True),
        font(" / full model", size=7.5, colour=style.GREY, blanks=True),
    )
    head = f'<TR><TD COLSPAN="3">{title}</TD></TR><TR><TD COLSPAN="3">{note}</TD></TR>'
    return f'<<TABLE {_TABLE} CELLPADDING="3">{head}{body}</TABLE>>'


def _candidate(token: str) -> str:
    return mono(token_text(token), 11, style.INK, bold=True)


def _prompt(prompt: str) -> str:
    return mono(cropped_start(verbatim(prompt), _PROMPT_WIDTH), 8, style.INK)


def _probability(example: Example, prompt: int, candidate: int) -> str:
    """A bar, as long as the candidate's share of the two, and two numbers below it."""
    prediction = example.predictions[prompt]
    alone, full = prediction.circuit[candidate], prediction.model[candidate]
    right = prompt == candidate
    share = alone / (sum(prediction.circuit) or 1.0)
    bar = max(1, round(_BAR * share))
    colour = style.CONFIRMED if right else style.WIRE
    drawn = (
        f'<TABLE {_TABLE} CELLPADDING="0"><TR>'
        f'<TD FIXEDSIZE="TRUE" WIDTH="{bar}" HEIGHT="6" BGCOLOR="{colour}"></TD>'
        '<TD COLSPAN="40"></TD></TR></TABLE>'
    )
    numbers = beside(
        font(percent(alone), size=_SIZE, bold=True),
        font(f" / {percent(full)}", size=8, colour=style.GREY, blanks=True),
        align="LEFT",
    )
    return table([[drawn], [numbers]])
