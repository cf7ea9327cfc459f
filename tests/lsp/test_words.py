"""The documentation of words covers the language and nothing else."""

from __future__ import annotations

from circuitspec.language.claim_forms import FORMS
from circuitspec.language.claim_words import ALTERNATIVES, CONTROLS, SPOTS
from circuitspec.language.expectations import KEYWORDS
from circuitspec.language.selections import PARTS
from circuitspec.language.spec import CALIBRATION_NAMES, METRICS, SCOPE_NAMES, UNITS
from circuitspec.language.words import CLAIMS, LATER_METRICS, RESERVED, REST
from circuitspec.lsp import words
from circuitspec.lsp.plain_places import IN_WORDS


def test_every_word_of_the_grammar_is_documented() -> None:
    assert set(words.KEYWORDS) == {*KEYWORDS.values(), "circuitspec"}


def test_every_claim_metric_setting_and_place_is_documented() -> None:
    assert set(words.CLAIMS) == set(CLAIMS)
    metrics = {metric for form in FORMS.values() for metric in form.sides}
    assert set(words.METRICS) == {*METRICS, *metrics, "spread"}
    assert set(words.ABLATIONS) == set(ALTERNATIVES) - {"zero"}
    assert set(words.CONTROLS) == set(CONTROLS)
    assert set(words.SPOTS) == set(SPOTS)
    assert REST in words.IN_CLAIMS
    assert set(words.SETTINGS) == {
        *SCOPE_NAMES,
        *CALIBRATION_NAMES,
        *UNITS,
        "mean",
        "zero",
        "pretraining",
    }
    assert set(IN_WORDS) == set(PARTS)


def test_every_reserved_word_is_documented() -> None:
    assert set(words.DOCUMENTATION) >= RESERVED
    assert set(words.LATER) - set(LATER_METRICS) <= RESERVED


def test_documentation_is_one_or_two_sentences() -> None:
    for word, text in words.DOCUMENTATION.items():
        assert text[0].isupper(), word
        assert text[-1] in ".`:", word
        assert len(text) < 300, word
