"""Claims about roles, on a transformer made by hand: each confirmed, refuted and vacuous.

Value channel 0 (`carry`) says 1 on an `a`, -1 on a `b` and 0 on fillers; channel 1 (`noise`, not in
the circuit) says what a filler adds. Changes to the model make a role hold in one setting alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from torch import Tensor
from verify.toy import NODES, WORDS, toy_circuit, toy_model, toy_spec, toy_task, toy_transformer

from circuitspec.claims.roles.constant import spread
from circuitspec.language.claims import Attends, Claim, Constant, Fires, Separates, Signed
from circuitspec.model.held_out import HeldOut
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.report.report import ClaimResult
from circuitspec.tasks.task import Task
from circuitspec.verdict import verify_circuit
from circuitspec.verdict.judge import Resources
from claims.interchanged import OUTSIDE

TEXT = HeldOut(np.random.default_rng(0).integers(0, len(WORDS), size=(160, 8)), "invented")
QUERY = "  node query = L0.h0.q[0]\n  node key = L0.h0.k[0]\n"
SETTINGS = ["full model, task", "circuit alone, task", "full model, text", "circuit alone, text"]
PULL = 3.0

Change = Callable[[Transformer], None]


def nothing(model: Transformer) -> None:
    """The model as it is."""


def noisy(model: Transformer) -> None:
    """In the full model `carry` hears the fillers as well, and louder."""
    model.matrix(Place(0, "attn.v")).weight[0, 3] = 5.0


def another_word(model: Transformer) -> None:
    """`A`, which no prompt has, is taken for two `a`."""
    model.embed[WORDS.index("A"), 0] = 2.0


def turned(model: Transformer) -> None:
    """Outside of the circuit the answer is contradicted."""
    model.matrix(Place(0, "attn.v")).weight[1, :2] = model.embed.new_tensor([-1.0, 1.0])
    model.matrix(Place(0, "attn.out")).weight[2, 1] = 40.0


def looking(model: Transformer) -> None:
    """The head looks at `a` and `b`: a constant query, and keys that both raise."""
    model.matrix(Place(0, "attn.q")).bias[0] = PULL
    model.matrix(Place(0, "attn.k")).weight[0, :2] = 1.0


def judged(
    claim: Claim,
    change: Change = nothing,
    *,
    nodes: str = NODES,
    settings: str = "",
    task: Task | None = None,
    text: HeldOut | None = TEXT,
) -> ClaimResult:
    transformer = toy_transformer()
    change(transformer)
    spec = toy_spec(nodes=nodes, settings=settings).model_copy(update={"claims": (claim,)})
    circuit = toy_circuit(spec, replace(toy_model(transformer), held_out=text))
    report = verify_circuit(
        spec, circuit, task or toy_task(60), resources=Resources(outside=OUTSIDE)
    )
    return report.claims[0]


def parts(result: ClaimResult) -> dict[str, float]:
    return {part.what: part.estimate for part in result.parts}


def moments(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Mean and mean square over windows of the means over their positions."""
    powers = [np.where(where, values**power, 0.0).sum(axis=1) for power in (1, 2)]
    return np.array([(power / where.sum(axis=1)).mean() for power in powers])


# Fires.


def test_a_node_fires_wherever_it_is_looked_at() -> None:
    result = judged(Fires(node="carry", tokens=("a",), threshold=0.8))
    assert result.verdict == "confirmed", result
    assert parts(result) == dict.fromkeys(SETTINGS, 1.0)
    units = [(part.n, part.unit) for part in result.parts]
    windows = int((TEXT.tokens == 0).any(axis=1).sum())
    assert units == [(60, "pairs")] * 2 + [(windows, "windows")] * 2
    assert "on 'a' in the task: 60 positions in 60 of 60 pairs" in result.facts
    count = int((TEXT.tokens == 0).sum())
    assert f"on 'a' in the text: {count} positions in {windows} of 160 windows" in result.facts


def test_a_node_that_is_lower_does_not_fire() -> None:
    result = judged(Fires(node="carry", tokens=("b",), threshold=0.8))
    assert result.verdict == "refuted"
    assert parts(result) == dict.fromkeys(SETTINGS, 0.0)


def test_a_meaning_that_holds_in_the_circuit_alone_is_found_out() -> None:
    claim = Fires(node="carry", tokens=("a",), threshold=0.8)
    result = judged(claim, noisy)
    assert result.verdict == "refuted"
    found = parts(result)
    assert found["circuit alone, task"] == found["circuit alone, text"] == 1
    assert max(found["full model, task"], found["full model, text"]) < 0.75
    narrowed = judged(claim.model_copy(update={"run": "circuit"}), noisy)
    assert narrowed.verdict == "confirmed"
    assert list(parts(narrowed)) == [what for what in SETTINGS if "circuit" in what]


def test_a_meaning_that_holds_on_the_task_alone_is_found_out() -> None:
    claim = Fires(node="carry", tokens=("a",), threshold=0.95)
    result = judged(claim, another_word)
    assert result.verdict == "refuted"
    found = parts(result)
    assert found["full model, task"] == found["circuit alone, task"] == 1
    # It loses against `A` alone, which is one token in thirteen of the others.
    assert found["full model, text"] == pytest.approx(12 / 13, abs=0.03)
    narrowed = judged(claim.model_copy(update={"over": "task", "threshold": 0.85}), another_word)
    assert narrowed.verdict == "confirmed"
    assert list(parts(narrowed)) == SETTINGS[:2]


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        (Fires(node="carry", tokens=("B",), threshold=0.9), TEXT, r"no position on 'B'.*over text"),
        (
            Fires(node="carry", tokens=("a",), threshold=0.9),
            HeldOut(TEXT.tokens.clip(1), "without an a"),
            r"full model, text: there is no position on 'a'.*claim it `over task`",
        ),
        (Fires(node="carry", tokens=("a",), threshold=0.9), None, "without held-out text"),
        (Fires(node="carry", tokens=("a",), threshold=0.5), TEXT, "knows nothing"),
        (Fires(node="noise", tokens=("a",), threshold=0.9), TEXT, "not in the circuit.*`in model`"),
        (Fires(node="carry", tokens=WORDS, threshold=0.9), TEXT, "position that is not on 'a'"),
    ],
)
def test_vacuous_claims_that_a_node_fires(claim: Fires, text: HeldOut | None, reason: str) -> None:
    result = judged(claim, text=text)
    assert result.verdict == "vacuous"
    assert result.reason is not None
    assert re.search(reason, result.reason), result.reason


def test_a_token_that_is_none_is_an_error() -> None:
    result = judged(Fires(node="carry", tokens=("a b",), threshold=0.9))
    assert (result.verdict, result.reason) == (
        "error",
        "'a b' is not exactly one token of the model",
    )


def test_a_node_outside_is_looked_at_in_the_model() -> None:
    claim = Fires(node="noise", run="model", over="text", tokens=("f9",), threshold=0.8)
    assert judged(claim).verdict == "confirmed"
    assert judged(claim.model_copy(update={"tokens": ("f0",)})).verdict == "refuted"


def test_inside_is_what_stands_between() -> None:
    """Of windows `f0 a f1 b ...`, which are high between `a` and `b` by a filler's noise."""
    rows = [[4, 0, 13, 12, 1, 5, 6, 7], [5, 4, 0, 12, 1, 0, 13, 1]] * 40
    text = HeldOut(np.array(rows), "invented")
    claim = Fires(node="noise", run="model", over="text", inside=("a", "b"), threshold=0.8)
    assert judged(claim, text=text).verdict == "confirmed"
    backwards = claim.model_copy(update={"inside": ("b", "a")})
    assert judged(backwards, text=text).verdict == "refuted"
    absent = claim.model_copy(update={"inside": ("A", "B")})
    assert judged(absent, text=text).verdict == "vacuous"


# Separates.


def test_a_node_separates_the_higher_from_the_lower() -> None:
    claim = Separates(node="carry", first=("a",), second=("b",), threshold=0.8)
    assert judged(claim).verdict == "confirmed"
    assert judged(claim.model_copy(update={"first": ("b",), "second": ("a",)})).verdict == "refuted"
    absent = judged(claim.model_copy(update={"second": ("A",)}))
    assert absent.verdict == "vacuous"
    assert absent.reason is not None
    assert "no position on 'A'" in absent.reason


@pytest.mark.parametrize("order", [1, -1])
def test_answers_are_told_apart_whichever_comes_first(order: int) -> None:
    task = toy_task(60)
    pairs = [
        replace(pair, prompts=pair.prompts[::order], answers=pair.answers[::order])
        for pair in task.verifying
    ]
    task = replace(task, verifying=tuple(pairs))
    result = judged(Separates(node="answer", threshold=0.8), task=task)
    assert result.verdict == "confirmed"
    assert parts(result) == dict.fromkeys(SETTINGS[:2], 1.0)
    side = "first" if order == 1 else "second"
    assert f"L0.attn.out[2] is higher on the {side} prompts" in result.facts


def test_a_node_that_turns_round_in_the_circuit_does_not_tell_answers_apart() -> None:
    result = judged(Separates(node="answer", threshold=0.8), turned)
    assert parts(result)["circuit alone, task"] == 1
    assert parts(result)["full model, task"] < 0.2
    assert result.verdict == "refuted"


def test_what_is_the_same_for_both_answers_does_not_tell_them_apart() -> None:
    result = judged(Separates(node="noise", run="model", threshold=0.8))
    assert parts(result) == {"full model, task": 0.5}
    assert result.verdict == "refuted"


def test_a_half_is_no_claim_of_answers() -> None:
    assert judged(Separates(node="answer", threshold=0.5)).verdict == "vacuous"


# Signed.


def test_a_sign_is_counted_on_tokens_or_everywhere() -> None:
    claim = Signed(node="carry", sign="positive", tokens=("a",), threshold=0.9)
    result = judged(claim)
    assert result.verdict == "confirmed"
    assert parts(result) == dict.fromkeys(SETTINGS, 1.0)
    assert any("elsewhere" in fact and "0.0%" in fact for fact in result.facts)

    assert judged(claim.model_copy(update={"sign": "negative"})).verdict == "refuted"
    everywhere = judged(claim.model_copy(update={"tokens": ()}))
    assert everywhere.verdict == "refuted"
    share = (TEXT.tokens == 0).mean()
    assert parts(everywhere)["circuit alone, text"] == pytest.approx(share, abs=1e-5)


def test_zero_has_no_sign() -> None:
    for sign in ("positive", "negative"):
        claim = Signed(node="carry", sign=sign, tokens=("f3",), threshold=0.1)  # type: ignore[arg-type]
        assert set(parts(judged(claim)).values()) == {0.0}


@pytest.mark.parametrize(
    ("tokens", "threshold", "reason"),
    [(("B",), 0.9, "no position on 'B'"), (("a",), 0.0, "every share is at least 0")],
)
def test_vacuous_claims_of_a_sign(tokens: tuple[str, ...], threshold: float, reason: str) -> None:
    claim = Signed(node="carry", sign="positive", tokens=tokens, threshold=threshold)
    result = judged(claim)
    assert result.verdict == "vacuous"
    assert reason in (result.reason or "")


def test_every_node_of_a_name_must_comply() -> None:
    nodes = NODES.replace("L0.attn.in[0]", "L0.attn.in[0, 1]").replace(
        "  node is_b   = L0.attn.in[1]\n", ""
    )
    claim = Signed(node="is_a", sign="positive", tokens=("a",), over="task", threshold=0.9)
    result = judged(claim, nodes=nodes)
    assert result.verdict == "refuted"
    assert parts(result) == {
        "full model, task, L0.attn.in[0]": 1.0,
        "full model, task, L0.attn.in[1]": 0.0,
        "circuit alone, task, L0.attn.in[0]": 1.0,
        "circuit alone, task, L0.attn.in[1]": 0.0,
    }


# Constant.


def test_what_does_not_depend_on_the_tokens_is_constant() -> None:
    result = judged(Constant(node="query", threshold=0.1), looking, nodes=NODES + QUERY)
    assert result.verdict == "confirmed"
    assert parts(result) == dict.fromkeys(SETTINGS, 0.0)
    assert "full model, task: the mean of L0.attn.q[0] is 3" in result.facts


def test_what_varies_is_not_constant() -> None:
    result = judged(Constant(node="carry", over="text", threshold=0.5))
    assert result.verdict == "refuted"
    values = (TEXT.tokens == 0) * 1.0 - (TEXT.tokens == 1)
    mean, square = moments(values, np.ones(values.shape, dtype=bool))
    expected = np.sqrt(1 - mean**2 / square)
    assert parts(result)["full model, text"] == pytest.approx(expected, rel=1e-5)
    low, high = result.parts[0].interval or (0, 0)
    assert 0.9 < low < expected < high <= 1


def test_nearly_constant_is_a_matter_of_the_bound() -> None:
    def wavering(model: Transformer) -> None:
        looking(model)
        # Fillers are from -1 to 1, at twelve of fourteen tokens or so.
        model.matrix(Place(0, "attn.q")).weight[0, 3] = 0.3

    claim = Constant(node="query", run="model", over="text", threshold=0.1)
    result = judged(claim, wavering, nodes=NODES + QUERY)
    said = PULL + 0.3 * np.where(TEXT.tokens < 4, 0, -1 + 2 / 9 * (TEXT.tokens - 4))
    mean, square = moments(said, np.ones(said.shape, dtype=bool))
    assert result.estimate == pytest.approx(np.sqrt(1 - mean**2 / square), rel=1e-4)
    assert result.verdict == "confirmed"
    stricter = claim.model_copy(update={"threshold": 0.04})
    assert judged(stricter, wavering, nodes=NODES + QUERY).verdict == "refuted"


@pytest.mark.parametrize(
    ("node", "threshold", "reason"),
    [("silent", 0.1, "is 0 everywhere"), ("noise", 1.0, "no spread is greater than 1")],
)
def test_vacuous_claims_of_a_constant(node: str, threshold: float, reason: str) -> None:
    result = judged(Constant(node=node, run="model", threshold=threshold))
    assert result.verdict == "vacuous"
    assert reason in (result.reason or "")


def test_a_spread_does_not_depend_on_the_scale() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(2, 1, 50)
    expected = x.std() / np.sqrt((x**2).mean())
    for scale in (1e-3, -1.0, 1e3):
        y = scale * x
        assert spread(np.array([y.mean(), (y**2).mean()])) == pytest.approx(expected)


# Attends.


def test_a_head_attends_by_what_its_softmax_comes_to() -> None:
    claim = Attends(node="key", source="last", target=("a", "b"), threshold=0.5)
    result = judged(claim, looking, nodes=NODES + QUERY)
    assert result.verdict == "confirmed", result
    pull = np.exp(PULL / np.sqrt(2))
    expected = np.mean(
        [pull / (pull + len(pair.prompts[0].split()) - 1) for pair in toy_task(60).verifying]
    )
    found = parts(result)
    assert found["full model, task"] == pytest.approx(expected, rel=1e-5)
    assert found["circuit alone, task"] == pytest.approx(expected, rel=1e-5)
    assert found["full model, text"] == pytest.approx(_mass_in_text(pull), rel=1e-5)


def _mass_in_text(pull: float) -> float:
    """From each position before an `A` or `B` that sees an `a` or `b`, mean over windows."""
    means = []
    for row in TEXT.tokens.tolist():
        masses = []
        for place, following in enumerate(row[1:]):
            targets = sum(token < 2 for token in row[: place + 1])
            if following in (2, 3) and targets:
                others = place + 1 - targets
                masses.append(targets * pull / (targets * pull + others))
        if masses:
            means.append(np.mean(masses))
    return float(np.mean(means))


def test_a_circuit_without_the_query_looks_everywhere_alike() -> None:
    """Drori 2026, test 2: values alone are kept, and attention in the circuit is uniform."""
    claim = Attends(node="carry", source="last", target="difference", threshold=0.6)
    result = judged(claim, looking)
    found = parts(result)
    assert list(found) == SETTINGS[:2]
    assert found["full model, task"] > 0.7
    lengths = [len(pair.prompts[0].split()) for pair in toy_task(60).verifying]
    assert found["circuit alone, task"] == pytest.approx(np.mean([1 / n for n in lengths]))
    assert result.verdict == "refuted"


@pytest.mark.parametrize(
    ("changes", "change", "reason"),
    [
        ({"threshold": 0.05}, looking, "uniform attention already passes"),
        ({}, nothing, None),
        ({"threshold": 0.0}, looking, "every mass is at least 0"),
        ({"target": ("B",)}, looking, "could look from last at 'B'"),
        ({"node": "answer"}, looking, "answer is no part of an attention head"),
        ({"target": "difference", "over": "text"}, looking, "text has no pairs"),
    ],
)
def test_claims_of_attention_that_do_not_hold_or_say_nothing(
    changes: dict[str, object], change: Change, reason: str | None
) -> None:
    claim = Attends(node="carry", source="last", target=("a", "b"), threshold=0.6)
    result = judged(claim.model_copy(update=changes), change, nodes=NODES + QUERY)
    # The key and query of a head that looks nowhere in particular are dead, which is said first.
    if reason is None:
        assert result.verdict == "vacuous"
        assert "dead node" in (result.reason or "")
        assert judged(claim, change).verdict == "refuted"
        return
    assert result.verdict == "vacuous"
    assert reason in (result.reason or "")


# Units.


def test_templates_are_units_where_the_spec_says_so() -> None:
    task = toy_task(60)
    pairs = [replace(pair, template=f"t{i % 12}") for i, pair in enumerate(task.verifying)]
    task = replace(task, verifying=tuple(pairs))
    for claim in (
        Fires(node="carry", tokens=("a",), threshold=0.6),
        Signed(node="carry", sign="positive", tokens=("a",), threshold=0.6),
    ):
        spec_settings = "  level 5% over templates\n"
        result = judged(claim, settings=spec_settings, task=task)
        assert [(part.n, part.unit) for part in result.parts[:2]] == [(12, "templates")] * 2
    # Half of the templates make six independent comparisons, which is too few for 0.6.
    few = judged(
        Fires(node="carry", tokens=("a",), threshold=0.6), settings=spec_settings, task=task
    )
    assert few.verdict == "vacuous"
    assert few.attainable_p == pytest.approx(2 * 0.6**6)


def test_where_all_inputs_were_run_there_is_no_error() -> None:
    claim = Fires(node="carry", tokens=("a",), over="task", threshold=1.0)
    result = judged(claim, task=toy_task(60, exact=True))
    assert result.verdict == "confirmed"
    assert result.exact
    assert result.interval == (1.0, 1.0)


def test_rounding_does_not_rank() -> None:
    """The last digits of a constant are no signal."""

    def shaky(model: Transformer) -> None:
        looking(model)
        bias: Tensor = model.matrix(Place(0, "attn.q")).weight
        bias[0, 0] = 1e-6

    claim = Fires(node="query", tokens=("a",), threshold=0.8)
    result = judged(claim, shaky, nodes=NODES + QUERY)
    assert result.verdict == "refuted"
    assert set(parts(result).values()) == {0.5}
    assert "full model, task: L0.attn.q[0] says 3 everywhere" in result.facts
