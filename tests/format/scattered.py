"""Texts that nobody would write: every white space and every comment that may stand there does."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from language.strategies import spec_files

from circuitspec.document import print_file
from circuitspec.language.grammar import lark_parser

HERE = Path(__file__).parent
SPECS = HERE.parents[1] / "specs"

TEXTS = [
    path.read_bytes().decode("utf-8-sig")
    for path in (*sorted((HERE / "pairs").glob("*.circ")), *sorted(SPECS.glob("*.circ")))
]
"""Texts whose syntax is right."""

texts = st.sampled_from(TEXTS) | spec_files.map(print_file)

_comments = st.text(
    st.sampled_from('#!-"{}[],:->aé🙂\t ') | st.characters(exclude_categories=("Cs",)), max_size=8
).map(lambda text: "#" + text.translate(dict.fromkeys(map(ord, "\r\n\0"))) + "\n")
_separators = st.lists(
    st.sampled_from([" ", "  ", "\t", "\n", "\n\n", "\n\n\n  ", "\r\n", "\r"]) | _comments,
    min_size=1,
    max_size=3,
).map("".join)


def tokens(text: str) -> list[str]:
    """The tokens of a text whose syntax is right, without white space and comments."""
    reading = lark_parser().parse_interactive(text)
    return [str(token) for token in reading.iter_parse()]


@st.composite
def scattered(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the same tokens with other white space and comments between them."""
    text = draw(texts)
    word, version, *rest = tokens(text)
    # The header has a line of its own; whatever else is on it is a comment.
    parts = [draw(st.just("") | _separators), word, " ", version]
    # One separator for each token would take long to draw, so a few are dealt out.
    dealt = draw(st.lists(_separators, min_size=1, max_size=12))
    order = draw(st.randoms(use_true_random=False))
    for token in rest:
        parts += (order.choice(dealt), token)
    return text, "".join(parts) + draw(st.just("") | _separators)
