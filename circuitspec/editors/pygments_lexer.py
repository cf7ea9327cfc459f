"""Highlighting of `.circ` text for whatever uses Pygments: documentation, slides, pagers.

Pygments finds the lexer by the entry point in `pyproject.toml`, so a fence marked `circ` is
highlighted wherever circuitspec is installed. A lexer is not a parser: text with mistakes in it is
coloured as far as it goes.
"""

from __future__ import annotations

import re
from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
)

from circuitspec.language.claim_forms import CONSTANT, FORMS
from circuitspec.language.claim_words import ALTERNATIVES, CONTROLS, DATA, RUNS, SPOTS
from circuitspec.language.spec import CALIBRATION_NAMES, SCOPE_NAMES, UNITS
from circuitspec.language.terminals import BARE, COMMENT, NAME
from circuitspec.language.words import (
    CLAIMS,
    IN_CLAIMS,
    JOINING,
    LATER,
    LATER_METRICS,
    REST,
    STATEMENTS,
    WHOLE,
)

_END = r"(?![A-Za-z0-9_])"
_SETTINGS = ("mean", "pretraining", *ALTERNATIVES, *SCOPE_NAMES, *CALIBRATION_NAMES)
_METRICS = {metric for form in (*FORMS.values(), CONSTANT) for metric in form.sides}
_STATES = ("positive", "negative", "constant")
_ANY = words(("circuit", *STATEMENTS), suffix=_END).get()
_PLACE = (
    r"L[0-9]+\.(?:h[0-9]+|attn|mlp)(?:\.[a-z]+)?(?![A-Za-z0-9_.])"
    r"|(?:embed|final)(?![A-Za-z0-9_.])"
)


class CircLexer(RegexLexer):  # type: ignore[misc]  # Pygments comes without types
    """The lexer for circuit specs."""

    name = "circuitspec"
    aliases: ClassVar = ["circ"]
    filenames: ClassVar = ["*.circ"]
    mimetypes: ClassVar = ["text/x-circuitspec"]
    flags = re.MULTILINE

    # A statement ends where the next one begins, so the states of statements end there too.
    tokens: ClassVar = {
        "root": [
            include("blank"),
            (rf"circuitspec{_END}", Keyword.Namespace, "header"),
            (rf"circuit{_END}", Keyword.Declaration, "named circuit"),
            (rf"(?:node|outside){_END}", Keyword, "named node"),
            (rf"(?:model|task){_END}", Keyword, "value"),
            (rf"(?:ablate|scope|calibrate|also|report){_END}", Keyword, "setting"),
            (rf"level{_END}", Keyword, "level"),
            (rf"expect{_END}", Keyword, "claim"),
            (rf"predict{_END}", Keyword, "prediction"),
            (words(STATEMENTS, suffix=_END), Keyword),
            include("inside"),
        ],
        "blank": [
            (r"[ \t\r\n]+", Whitespace),
            (COMMENT, Comment.Single),
        ],
        "header": [
            include("blank"),
            (rf"[0-9]+{_END}", Number.Integer, "#pop"),
            default("#pop"),
        ],
        "named circuit": [
            include("blank"),
            (NAME, Name.Class, "#pop"),
            default("#pop"),
        ],
        "named node": [
            include("blank"),
            (NAME, Name.Variable, "#pop"),
            default("#pop"),
        ],
        "value": [
            include("blank"),
            (BARE, String.Other, "#pop"),
            default("#pop"),
        ],
        "setting": [
            include("blank"),
            (rf"over{_END}", Operator.Word),
            (words(_SETTINGS, suffix=_END), Name.Constant),
            (r",", Punctuation),
            default("#pop"),
        ],
        "level": [
            include("blank"),
            include("number"),
            (r"%", Operator),
            (rf"over{_END}", Operator.Word),
            (words(UNITS, suffix=_END), Name.Constant),
            default("#pop"),
        ],
        # In a claim, a word that begins a statement may say where it is looked at.
        "claim": [
            include("blank"),
            (r":", Punctuation, ("#pop", "metric")),
            (rf"(?:in|over){_END}", Operator.Word, "where"),
            (words((*JOINING, *IN_CLAIMS), suffix=_END), Operator.Word),
            (
                rf"(swapping|exchanging)([ \t]+)({WHOLE}){_END}",
                bygroups(Keyword.Type, Whitespace, Name.Constant),
            ),
            (words(CLAIMS, suffix=_END), Keyword.Type),
            (words((*CONTROLS, *SPOTS, *_STATES, REST, "answers"), suffix=_END), Name.Constant),
            (r'"', String.Double, "string"),
            (r",", Punctuation),
            (rf"(?!{_ANY}){NAME}", Name.Variable),
            default("#pop"),
        ],
        "where": [
            include("blank"),
            (words((*RUNS, *DATA), suffix=_END), Name.Constant, "#pop"),
            default("#pop"),
        ],
        "prediction": [
            include("blank"),
            (r'"', String.Double, "string"),
            (r":", Punctuation),
            (rf"task{_END}", Keyword, "value"),
            (r",", Punctuation, ("#pop", "metric")),
            default("#pop"),
        ],
        "metric": [
            include("blank"),
            (rf"every{_END}", Operator.Word, ("#pop", "unit")),
            (words((*_METRICS, *LATER_METRICS), suffix=_END), Name.Builtin, "#pop"),
            default("#pop"),
        ],
        "unit": [
            include("blank"),
            (rf"(?:node|edge){_END}", Name.Builtin, "#pop"),
            default("#pop"),
        ],
        "inside": [
            (words(JOINING, suffix=_END), Operator.Word),
            (words(LATER, suffix=_END), Keyword.Reserved),
            (_PLACE, Name.Attribute),
            (r'"', String.Double, "string"),
            (r"->|<=|>=|\.\.|[=+\-%]", Operator),
            include("number"),
            (NAME, Name.Variable),
            (r"[{}\[\],:.]", Punctuation),
        ],
        "number": [
            (r"[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+%?", Number.Float),
            (r"[0-9]+\.[0-9]+%?", Number.Float),
            (r"[0-9]+%?", Number.Integer),
        ],
        "string": [
            (r'[^"\\\n\r]+', String.Double),
            (r'\\["\\nt]', String.Escape),
            (r"\\[^\n\r]", String.Double),
            (r'"', String.Double, "#pop"),
            default("#pop"),
        ],
    }

    def analyse_text(text: str) -> float:  # noqa: N805
        """How sure it is that a text is a spec: other programs own files named `.circ` too."""
        blank = rf"(?:[ \t\r\n\ufeff]+|{COMMENT})*"
        return 1.0 if re.match(rf"{blank}circuitspec[ \t]+[0-9]", text) else 0.0
