"""Circuits that are made up, pruned from what cannot have any: what becomes of them.

J. Drori ("Weight-sparse circuits may be interpretable yet unfaithful", 2026) pruned circuits that
pass the published test of sufficiency, a low loss of the circuit alone, and show nothing of the
model: for a nonsense task, and, as is known of other networks, in a model whose weights mean
nothing. These are pruned here once more, with the search that the strict battery has for its nulls
(`discovery.null_search`), and judged. They are sets of nodes with all weights between them.

The published test measures on the pairs that were pruned on. So does this one: a made-up task has
the same pairs for finding and for verifying, and nothing is asked of other templates, on which
answers that were learnt by heart would fail anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from circuitspec.circuit.circuit import Circuit
from circuitspec.circuit.compile import compile_spec
from circuitspec.circuit.connected import disconnected_nodes
from circuitspec.circuit.nodes import NamedNodes, Node
from circuitspec.claims.live import live_nodes
from circuitspec.claims.store import Store
from circuitspec.discovery.goal import Kept
from circuitspec.discovery.mask_training import MaskTraining
from circuitspec.discovery.null_search import Hunt, NullSearch, Path, search_path, tokenize
from circuitspec.discovery.nulls import (
    nonsense_answers,
    with_answers,
    with_redrawn_weights,
    with_shuffled_answers,
)
from circuitspec.discovery.to_spec import circuit_to_spec
from circuitspec.engine.ablation import mean_ablation
from circuitspec.engine.threads import one_thread
from circuitspec.language.claims import Sufficient
from circuitspec.language.spec import Spec
from circuitspec.model.folder import Model
from circuitspec.model.places import layer_places
from circuitspec.report.report import Report
from circuitspec.tasks.task import Task
from circuitspec.verdict.battery import strict
from circuitspec.verdict.judge import Resources, verify_circuit

BOUND = 0.15
# What can be told by no rule has to be learnt pair by pair, of which masks hold only so many: the
# first number of pairs is taken with which it can be done.
_BY_HEART = (24, 6)
_PAIRS = 32
# Nodes that lead nowhere go as well, and change norms a little; so much is left for that.
_RESERVE = 0.95
# Longer than the strict battery takes: what can be made up is to be found. The second, for what
# the first does not find, goes over most of the pairs in every step, and every node is free.
_EFFORTS = (
    NullSearch(MaskTraining(steps=300, batches=2), grow=False),
    NullSearch(
        MaskTraining(steps=800, batches=10, learning_rate=0.1, price=1e-6, price_rate=0.0),
        attempts=1,
    ),
)

OnProgress = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Case:
    """Something that cannot have a circuit, and the same with one for comparison.

    Attributes:
        what: in words.
        true: this one has a circuit.
        smaller: the same as the one before with less in it, for where that did not pass.
    """

    what: str
    model: Model
    task: Task
    true: bool = False
    smaller: bool = False


@dataclass(frozen=True)
class MadeUp:
    """What came of a case.

    Attributes:
        circuit: None if the search found none; `reason` then says why.
        kept: how the circuit alone does on the pairs that it was pruned on.
        plain: the verdict of `sufficient` alone.
        strict: that of everything.
    """

    case: Case
    circuit: Circuit | None
    kept: Kept | None = None
    plain: Report | None = None
    strict: Report | None = None
    reason: str | None = None

    @property
    def passes_published(self) -> bool:
        """Whether the circuit alone loses no more than the bound, which is the published test."""
        return self.kept is not None and self.kept.loss <= BOUND


def cases(model: Model, task: Task, seed: int) -> Iterator[Case]:
    """The true one first."""
    few = _on_itself(task, _PAIRS)
    yield Case("the task itself", model, few, true=True)
    words = next(islice(nonsense_answers(model, task), 1), None)
    if words is not None:
        nonsense = with_answers(few, words)
        first, second = map(repr, words)
        yield Case(f"nonsense: {first} after the one, {second} after the other", model, nonsense)
    for count in _BY_HEART:
        shuffled = with_shuffled_answers(_on_itself(task, count), seed)
        shuffled = replace(shuffled, verifying=shuffled.finding)
        smaller = count != _BY_HEART[0]
        yield Case(f"shuffled answers of {count} pairs", model, shuffled, smaller=smaller)
    yield Case("redrawn weights, in the same places", with_redrawn_weights(model, seed), few)


def judge_case(
    case: Case,
    rivals: tuple[Circuit, ...],
    store: Store,
    *,
    seed: int,
    workers: int,
    on_progress: OnProgress,
) -> MadeUp:
    """Prune a circuit for a case, and judge it; a true one by `sufficient` alone.

    Args:
        rivals: circuits of other tasks, of whatever model.
        store: with a folder, if there are several `workers`.
    """
    circuit, kept = _pruned(case, seed, on_progress)
    if kept.loss > BOUND:
        return MadeUp(case, circuit, kept, reason="no set of nodes reaches the loss")
    rivals = tuple(rival for rival in rivals if rival.model.sha256 == case.model.sha256)
    spec = _spec(circuit)
    # Under the names that the spec has for its nodes.
    circuit = compile_spec(spec, case.model).circuit or circuit
    plain = verify_circuit(spec, circuit, case.task, seed=seed, resources=Resources(store=store))
    if case.true:
        return MadeUp(case, circuit, kept, plain)
    harder = strict(spec, circuit, case.task, rivals)
    report = verify_circuit(
        # What decides nothing would take a third of the time.
        harder.spec.model_copy(update={"report": ()}),
        circuit,
        case.task,
        seed=seed,
        resources=Resources(rivals=rivals, store=store),
        workers=workers,
        on_progress=lambda done, total, what: on_progress(done, total, f"{case.what}: {what}"),
    )
    return MadeUp(case, circuit, kept, plain, report)


def _pruned(case: Case, seed: int, on_progress: OnProgress) -> tuple[Circuit, Kept]:
    """The smallest set of nodes that loses no more than the bound, or that which loses least."""
    model, pairs = case.model, case.task.finding
    scope = tuple(layer_places(model.config.n_layer))
    ablation = mean_ablation(model.reference.means)
    tokenized = tokenize(pairs, range(len(pairs)), model.tokenizer)
    hunt = Hunt.of(model.transformer, tokenized, ablation, scope, BOUND)
    # A dead node makes a circuit vacuous; that is too easy a reason to refuse one.
    live = live_nodes(model.transformer, tokenized[1], ablation, scope)
    hunt = replace(hunt, candidates={p: mask & live[p] for p, mask in hunt.candidates.items()})
    found: list[Path] = []
    for effort in _EFFORTS:
        if found and (case.true or found[-1].needed(BOUND) is not None):
            break
        with one_thread():
            path = search_path(
                hunt,
                effort.seeded(seed),
                1,
                on_progress=lambda done, of, what: on_progress(done, of, f"{case.what}: {what}"),
            )
        found.append(path)
    path = min(found, key=lambda path: path.lowest)
    for bound in (BOUND, _RESERVE * BOUND):
        needed = path.needed(bound)
        nodes = path.best(path.lowest[1] if needed is None else needed)
        circuit = Circuit(
            name=case.task.name.partition(",")[0],
            model=model,
            groups=_named(nodes),
            edges=None,
            scope=scope,
            ablation=ablation,
        )
        heard = nodes - set(disconnected_nodes(circuit))
        kept = hunt.keeping(heard)
        if kept.loss <= BOUND:
            break
    return replace(circuit, groups=_named(heard)), kept


def _named(nodes: Iterable[Node]) -> tuple[NamedNodes, ...]:
    ordered = sorted(nodes, key=lambda node: node.order)
    return tuple(NamedNodes(str(node), (node,)) for node in ordered)


def _spec(circuit: Circuit) -> Spec:
    return circuit_to_spec(
        circuit,
        model=circuit.model.name,
        task=circuit.name,
        claims=(Sufficient(metric="loss", comparison="<=", threshold=BOUND),),
    )


def _on_itself(task: Task, count: int) -> Task:
    """The first pairs for finding, which go through all templates in turn, on both sides."""
    pairs = task.finding[:count]
    return replace(task, finding=pairs, verifying=pairs, finding_lines=(), verifying_lines=())
