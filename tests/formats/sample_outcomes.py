"""The outcomes that every format is tried on. No model is run: the numbers are invented."""

from __future__ import annotations

from typing import Any

from support.invented_results import parts, report_of

from circuitspec.circuit.check import check_spec
from circuitspec.diagnostics import Code, Diagnostic, Source
from circuitspec.formats import CircuitOutcome, FileOutcome, Outcome
from circuitspec.language import Spec, load_file, parse_text
from circuitspec.language.claims import Resampling, Specific
from circuitspec.report.certificate import Certificate, Environment, certify
from circuitspec.report.claim_names import claim_names
from circuitspec.report.report import (
    Baseline,
    ClaimResult,
    Counterexample,
    ModelIdentity,
    RunScore,
    Sizes,
    SpecIdentity,
    StrictBattery,
    TaskIdentity,
    UnitCost,
    worst_verdict,
)
from circuitspec.verdict.diagnose import diagnose_claims

TEXT = """\
circuitspec 1

circuit quotes {
  model   python-small
  task    single_double_quote
  ablate  mean over pretraining

  node kind  = L0.attn.in[171]
  node carry = L0.h18.k[5]
  node other = L0.h18.k[1]

  edge kind -> carry : +, other : -

  expect sufficient: loss <= 0.15
  expect necessary:  loss >= 0.60
  expect minimal:    every node costs >= 0.005
  expect minimal:    every edge costs >= 0.003
}
"""

_ENVIRONMENT = Environment(
    created="2026-11-22T12:00:00+00:00",
    platform="Linux x86_64",
    python="3.11.7",
    packages={"circuitspec": "0.1.0"},
)


def spec_of(text: str = TEXT, name: str = "specs/quotes.circ") -> Spec:
    """The only circuit of a text."""
    (spec,) = parse_text(text, name).unwrap().circuits
    return spec


def certificate(spec: Spec, **changed: dict[str, Any]) -> Certificate:
    """All claims of a spec confirmed, but for what is changed of them, by kind."""
    claims = []
    for name, claim in zip(claim_names(spec.judged), spec.claims, strict=True):
        values: dict[str, Any] = {
            "name": name,
            "kind": claim.kind,
            "verdict": "confirmed",
            "metric": "cost" if claim.kind == "minimal" else claim.metric,
            "unit": claim.unit if claim.kind == "minimal" else None,
            "estimate": 0.134,
            "interval": (0.131, 0.136),
            "comparison": ">=" if claim.kind == "minimal" else claim.comparison,
            "threshold": claim.cost if claim.kind == "minimal" else claim.threshold,
            "n": 192,
            "exact": False,
            "level": 0.025,
        }
        key = f"{claim.kind}_{claim.unit}" if claim.kind == "minimal" else claim.kind
        claims.append(ClaimResult(**(values | changed.get(key, {}))))
    score = RunScore(loss=0.1, accuracy=1.0)
    return Certificate(
        verdict=worst_verdict(claim.verdict for claim in claims),
        spec=SpecIdentity(name=spec.name, path="specs/quotes.circ", sha256="0" * 64),
        model=ModelIdentity(name="python-small", sha256="1" * 64, reference_sha256="2" * 64),
        task=TaskIdentity(name="single_double_quote", sha256="3" * 64, pairs=192),
        seed=0,
        level=0.05,
        ablation="mean",
        sizes=Sizes(nodes=3, edges=2),
        claims=tuple(claims),
        baseline=Baseline(full=score, keep=score, drop=score, empty=score),
        environment=_ENVIRONMENT,
    )


def judged(spec: Spec, *, allow: bool = False, **changed: dict[str, Any]) -> FileOutcome:
    """A file with one circuit, judged."""
    assert spec.source is not None
    made = certificate(spec, **changed)
    circuit = CircuitOutcome(
        spec=spec,
        nodes=3,
        edges=2,
        certificate=made,
        failures=diagnose_claims(spec, made, allow_inconclusive=allow),
    )
    warnings = parse_text(spec.source.text).diagnostics
    return FileOutcome(source=spec.source, diagnostics=warnings, circuits=(circuit,))


def checked(text: str, name: str) -> FileOutcome:
    """A file as `check` finds it."""
    result = parse_text(text, name)
    diagnostics, circuits = list(result.diagnostics), []
    for spec in () if result.file is None else result.file.circuits:
        found = check_spec(spec)
        diagnostics += found.diagnostics
        circuits.append(CircuitOutcome(spec=spec))
    return FileOutcome(
        source=result.source, diagnostics=tuple(diagnostics), circuits=tuple(circuits)
    )


def sound() -> Outcome:
    """Nothing is wrong."""
    spec = spec_of()
    assert spec.source is not None
    circuit = CircuitOutcome(spec=spec, nodes=3, edges=2)
    return Outcome(command="check", files=(FileOutcome(source=spec.source, circuits=(circuit,)),))


def mistakes() -> Outcome:
    """Everything that can be wrong with files: here, elsewhere, over several lines, without a
    place, and only doubtful."""
    missing = load_file("specs/nowhere.circ")
    no_claims = TEXT.partition("  expect")[0] + "}\n"
    spread = Diagnostic(
        code=Code.SYNTAX,
        message="a span over two lines",
        span=Source("", TEXT).span(15, 50),
        label="from here",
        notes=("a note\nof two lines",),
    )
    return Outcome(
        command="check",
        files=(
            checked(TEXT.replace("kind -> carry", "knd -> carry"), "specs/name.circ"),
            checked(TEXT.replace("[5]", "[500]").replace("task    s", "task    z"), "model.circ"),
            checked(no_claims, "specs/no claims.circ"),
            FileOutcome(source=missing.source, diagnostics=missing.diagnostics),
            FileOutcome(source=Source("two lines.circ", TEXT), diagnostics=(spread,)),
        ),
    )


def confirmed() -> Outcome:
    """Every claim holds, and files were made."""
    file = judged(spec_of())
    (circuit,) = file.circuits
    written = CircuitOutcome(
        spec=circuit.spec,
        nodes=3,
        edges=2,
        certificate=circuit.certificate,
        written=("out/quotes.json", "out/quotes.svg"),
    )
    return Outcome(command="verify", files=(FileOutcome(source=file.source, circuits=(written,)),))


_REFUTED = {"verdict": "refuted", "estimate": 0.312, "interval": (0.298, 0.327)}
_COSTS = {
    "verdict": "refuted",
    "estimate": 0.0021,
    "interval": (0.0019, 0.0024),
    "details": (
        UnitCost(unit="L0.attn.in[171]", name="kind", cost=0.41, interval=(0.39, 0.43)),
        UnitCost(unit="L0.attn.k[293]", name="carry", cost=0.0021, interval=(0.0019, 0.0024)),
        UnitCost(unit="L0.attn.k[289]", name="other", cost=0.0043, interval=(0.0041, 0.0044)),
    ),
}


def failed() -> Outcome:
    """One claim of each verdict, and a file that could not be used besides."""
    return Outcome(
        command="verify",
        files=(
            judged(
                spec_of(),
                sufficient=_REFUTED,
                necessary={
                    "verdict": "inconclusive",
                    "estimate": 0.604,
                    "interval": (0.591, 0.617),
                },
                minimal_node=_COSTS,
                minimal_edge={
                    "verdict": "error",
                    "reason": "the circuit without a -> b gave NaN on 3 of 192 pairs",
                    "estimate": None,
                    "interval": None,
                    "level": None,
                },
            ),
            judged(
                spec_of(TEXT.replace("quotes", "again"), "specs/again.circ"),
                sufficient={
                    "verdict": "vacuous",
                    "reason": "dead node: other is 0 on every prompt",
                },
                necessary={
                    "verdict": "refuted",
                    "exact": True,
                    "counterexample": Counterexample(pair=6, prompts=("a\x07", "b"), loss=0.2),
                },
            ),
            checked(TEXT.replace("kind -> carry", "knd -> carry"), "specs/name.circ"),
        ),
    )


def allowed() -> Outcome:
    """An inconclusive claim that may be one."""
    undecided = {"verdict": "inconclusive", "estimate": 0.604, "interval": (0.591, 0.617)}
    return Outcome(command="verify", files=(judged(spec_of(), allow=True, necessary=undecided),))


def nothing_claimed() -> Outcome:
    """A circuit of which nothing could be judged."""
    spec = spec_of(TEXT.partition("  expect")[0] + "}\n")
    return Outcome(command="verify", files=(judged(spec),))


def hostile() -> Outcome:
    """Names and texts that mean something to a shell, to XML, to GitHub or to a terminal."""
    name = "a,b:c%\r\n<&>\"'\x1b[31m\udcff.circ"
    text = 'circuitspec 1\n\ncircuit x { node "]]>\x07%0A::error::\u2028\U0001f600"\n'
    result = parse_text(text, name)
    odd = Diagnostic(code=Code.SYNTAX, message="100% of\r\n::error::\x00this\u2028", help="<&>")
    return Outcome(
        command="check",
        files=(FileOutcome(source=result.source, diagnostics=(*result.diagnostics, odd)),),
    )


KINDS = """\
circuitspec 1

circuit kinds {
  model   python-small
  task    single_double_quote
  ablate  mean over pretraining
  also    zero

  node kind  = L0.attn.in[171]
  node carry = L0.h18.k[5]
  outside silent = L1.mlp.neuron[3..40]

  expect sufficient: loss <= 0.15
  expect kind fires on "\\"", "'": auc >= 0.95
  expect swapping kind, carry flips the answer: share >= 95%
  expect resampling silent keeps the answer: share >= 95%

  predict "a quote in a comment is taken for one": task single_double_quote, accuracy <= 50%
}
"""


def kinds() -> Outcome:
    """Claims of several kinds, one of which the strict battery added."""
    spec = spec_of(KINDS, "specs/kinds.circ")
    assert spec.source is not None
    spec = spec.model_copy(update={"claims": (*spec.claims, Specific(threshold=0.1))})
    facts = ("carry (L0.attn.k[293]) answers another token in 3 of 192 pairs",)
    rest = Resampling(nodes=("rest",), threshold=0.9)
    report = report_of(
        spec,
        {},
        {"verdict": "refuted", "estimate": 0.5, "parts": parts(0.97, 0.96, 0.5, 0.81)},
        {"verdict": "inconclusive", "estimate": 0.94, "interval": (0.9, 0.97), "facts": facts},
        {"verdict": "vacuous", "reason": "what was replaced is what it was before"},
        {},
        {"verdict": "refuted", "estimate": 0.3, "n": 256, "drawn": "windows"},
        {"verdict": "refuted", "estimate": 0.22},
        strict=StrictBattery(claims=("specific: text_loss <= 0.1",), left_out=("no searches",)),
        reported=report_of(spec.model_copy(update={"claims": (rest,), "also": ()})).claims,
    )
    circuit = CircuitOutcome(
        spec=spec,
        nodes=2,
        certificate=certify(report, _ENVIRONMENT),
        failures=diagnose_claims(spec, report),
    )
    return Outcome(command="verify", files=(FileOutcome(source=spec.source, circuits=(circuit,)),))


OUTCOMES = {
    "sound": sound,
    "mistakes": mistakes,
    "confirmed": confirmed,
    "failed": failed,
    "allowed": allowed,
    "nothing_claimed": nothing_claimed,
    "kinds": kinds,
}
