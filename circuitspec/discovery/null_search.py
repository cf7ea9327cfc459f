"""How few nodes a search needs for something, be it a task, nonsense, or a task in another model.

Whether a circuit is small is a matter of comparison. What searches need for what cannot be there is
the null that its size is held against (J. Drori, "Weight-sparse circuits may be interpretable yet
unfaithful", 2026: masks find circuits for a nonsense task, too). A null means something only if it
was sought as hard as the circuit, so that here is one search for all of them, the same for each:

1. Masks are learnt (see `mask_training`), and once more at a hundredth of the price if the nodes
   that they want do not reach the loss.
2. If these do not either, twice as many are tried, and twice as many again, up to all: those next
   that the masks gave up last. So what is not found was not missed by a hair.
3. What reaches the loss is peeled: as many as may be at once are left out, those first that cost
   least by their gradient, as long as the loss is reached; and the last few dozens one at a time,
   by what leaving each out costs.
4. Then on, loss or no loss, down to a given size.

What is left after every step makes a `Path`, from which one reads how many nodes were needed for
the loss, and how low the loss is at a given size. It is one search: another seed finds another
path, and a better method might find a better one.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from circuitspec.circuit.nodes import Node
from circuitspec.discovery.goal import Goal, Keeping, Nodes
from circuitspec.discovery.mask_training import MaskTraining, learn_node_masks
from circuitspec.discovery.rank import Scores, best_scored, wanted
from circuitspec.discovery.remove import remove_cheapest
from circuitspec.engine.ablation import AblationValues
from circuitspec.engine.compiled import Compiler
from circuitspec.engine.masks import Masks, keep_nodes
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import Place
from circuitspec.model.transformer import Transformer
from circuitspec.tasks.scores import logit_difference
from circuitspec.tasks.task import Pair
from circuitspec.tasks.tokens import PairBatch, tokenize_pairs

# From here on nodes are left out one at a time, each after a measurement.
_FEW = 40
# Of those that are left, how many go at once at most: fewer as long as it matters which.
_PEELED, _PEELED_WHATEVER = 1 / 6, 1 / 3
# After so many nodes in a row of which none may go, what is left is looked at one by one.
_FAILURES = 10
# Of the loss that is to be reached, what masks steer to.
_AIM = 0.8
_TRAINING_BATCH = 8

OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class NullSearch:
    """How hard to search; the same for what is compared.

    Attributes:
        training: of the masks.
        pairs: on how many pairs nodes are left out, at most; masks are learnt on all.
        attempts: how often masks are learnt at most, each time at a hundredth of the price.
        grow: whether more nodes than the masks want are tried if these do not reach the loss.
    """

    training: MaskTraining = field(default_factory=lambda: MaskTraining(steps=100, batches=1))
    pairs: int = 32
    attempts: int = 2
    grow: bool = True

    def seeded(self, seed: int) -> NullSearch:
        """The same with another seed."""
        return replace(self, training=replace(self.training, seed=seed))

    @property
    def steps(self) -> int:
        """Updates of masks in all, at most."""
        return self.attempts * self.training.steps


@dataclass(frozen=True, eq=False)
class Hunt:
    """What is searched in, and for what.

    Attributes:
        training: batches of few pairs, for masks.
        keeping: runs on the pairs that nodes are left out on.
        candidates: per place in scope, [width] which nodes may be used.
        goal: the loss that is to be reached, in nats.
    """

    training: tuple[PairBatch, ...]
    keeping: Keeping
    candidates: Mapping[Place, Tensor]
    goal: Goal

    @staticmethod
    def of(
        model: Transformer,
        tokenized: tuple[tuple[PairBatch, ...], tuple[PairBatch, ...]],
        ablation: AblationValues,
        scope: Sequence[Place],
        loss: float,
        *,
        forbidden: frozenset[Node] = frozenset(),
    ) -> Hunt:
        """A search over all of `scope` but `forbidden`; see `tokenize`."""
        training, measured = tokenized
        taken = keep_nodes(model.config, scope, ((n.place, n.index) for n in forbidden))
        return Hunt(
            training=training,
            keeping=Keeping(Compiler.of(model, ablation), measured, tuple(scope)),
            candidates={place: ~mask for place, mask in taken.items()},
            goal=Goal("loss", loss, hardest=math.inf),
        )

    @property
    def config(self) -> ModelConfig:
        """The model's."""
        return self.keeping.compiler.model.config

    @property
    def count(self) -> int:
        """How many candidates there are."""
        return sum(int(mask.sum()) for mask in self.candidates.values())


def tokenize(
    pairs: Sequence[Pair], measured: Sequence[int], tokenizer: Tokenizer
) -> tuple[tuple[PairBatch, ...], tuple[PairBatch, ...]]:
    """All pairs in small batches for masks, and those of the indices `measured`.

    Raises:
        TaskError: the task cannot be asked of this tokenizer's model.
    """
    return (
        tokenize_pairs(pairs, tokenizer, batch_size=_TRAINING_BATCH),
        tokenize_pairs([pairs[i] for i in measured], tokenizer),
    )


@dataclass(frozen=True)
class Path:
    """Ever smaller sets of nodes, with what each loses.

    Attributes:
        sets: at least one.
        losses: of each, in nats, on the pairs that were measured on; infinite where undefined.
    """

    sets: tuple[Nodes, ...]
    losses: tuple[float, ...]

    def needed(self, loss: float) -> int | None:
        """The fewest nodes that reach `loss`; None if no set does."""
        sizes = [len(s) for s, own in zip(self.sets, self.losses, strict=True) if own <= loss]
        return min(sizes, default=None)

    def best(self, size: int) -> Nodes:
        """Of the sets with at most `size` nodes that which loses least; the smallest if none has
        so few."""
        few = [
            (own, len(s), index)
            for index, (s, own) in enumerate(zip(self.sets, self.losses, strict=True))
            if len(s) <= size
        ]
        return self.sets[min(few)[2]] if few else min(self.sets, key=len)

    @property
    def lowest(self) -> tuple[float, int]:
        """The least loss of all sets, and the size of the smallest that has it."""
        return min((own, len(s)) for s, own in zip(self.sets, self.losses, strict=True))


def search_path(
    hunt: Hunt,
    settings: NullSearch,
    size: int,
    *,
    on_progress: OnProgress = lambda done, total, what: None,
) -> Path:
    """Search, as the top of this module says.

    Args:
        size: where the path ends; at least 1.
        on_progress: told the updates of masks done, how many there may be, and at what it is.
    """
    peeling = _Peeling(hunt, size, settings, on_progress)
    scores = _scored(hunt, settings, on_progress)
    nodes = peeling.grown(scores) if settings.grow else wanted(scores)
    nodes = peeling.while_it_does(nodes)
    nodes = peeling.one_by_one(nodes)
    nodes = peeling.whatever(nodes)
    peeling.down_to_size(nodes)
    return peeling.path()


def _scored(hunt: Hunt, settings: NullSearch, on_progress: OnProgress) -> Scores:
    """The masks of the first attempt that reaches the goal, or of the better one."""
    attempts: list[tuple[float, int, Scores]] = []
    training = settings.training
    for number in range(settings.attempts):

        def tell(step: int, loss: float, kept: int, done: int = number * training.steps) -> None:
            on_progress(done + step, settings.steps, f"masks: {kept} nodes kept, {loss:.3f} nats")

        scores = learn_node_masks(
            hunt.keeping.compiler,
            hunt.training,
            hunt.candidates,
            replace(training, price=training.price / 100**number),
            hunt.goal.value * _AIM,
            on_step=tell,
        )
        kept = hunt.keeping(wanted(scores))
        if hunt.goal.met(kept):
            return scores
        attempts.append((kept.loss, number, scores))
    return min(attempts, key=lambda attempt: attempt[:2])[2]


class _Peeling:
    """Leaves out nodes, and remembers what each set loses."""

    def __init__(
        self, hunt: Hunt, size: int, settings: NullSearch, on_progress: OnProgress
    ) -> None:
        self._hunt = hunt
        self._size = size
        self._settings = settings
        self._on_progress = on_progress
        self._losses: dict[Nodes, float] = {}

    def path(self) -> Path:
        """The sets so far, the largest first."""
        sets = sorted(self._losses, key=len, reverse=True)
        return Path(tuple(sets), tuple(self._losses[nodes] for nodes in sets))

    def grown(self, scores: Scores) -> Nodes:
        """What the masks want, or twice as many and so on, until that reaches the goal; if not even
        all candidates do, what comes closest."""
        nodes = wanted(scores)
        while self._loss(nodes) > self._hunt.goal.value and len(nodes) < self._hunt.count:
            nodes = best_scored(scores, min(max(1, 2 * len(nodes)), self._hunt.count))
        if self._loss(nodes) > self._hunt.goal.value:
            return min(self._losses, key=lambda tried: (self._losses[tried], len(tried)))
        return nodes

    def while_it_does(self, nodes: Nodes) -> Nodes:
        """Less as many of the cheapest at once as the goal allows, again and again.

        A node that may not go alone stays, and the next may try; it is over when several in a row
        may not, or when few are left.
        """
        if self._loss(nodes) > self._hunt.goal.value:
            return nodes
        stay: set[Node] = set()
        failures = 0
        while len(nodes) > max(_FEW, self._size) and failures < _FAILURES:
            order = [node for node in self._cheapest_first(nodes) if node not in stay]
            count = min(len(nodes) - self._size, max(1, int(len(nodes) * _PEELED)))
            while order and failures < _FAILURES:
                fewer = nodes - set(order[:count])
                if self._hunt.goal.met(self._hunt.keeping(fewer)):
                    nodes, failures = fewer, 0
                    self._loss(nodes)
                    break
                if count == 1:
                    stay.add(order.pop(0))
                    failures += 1
                count = max(1, count // 2)
            if not order:
                break
        return nodes

    def whatever(self, nodes: Nodes) -> Nodes:
        """Less a third and a third again, the cheapest first, until few are left."""
        least = max(_FEW, self._size)
        while len(nodes) > least:
            count = min(len(nodes) - least, max(1, int(len(nodes) * _PEELED_WHATEVER)))
            nodes = nodes - set(self._cheapest_first(nodes)[:count])
            self._loss(nodes)
        return nodes

    def one_by_one(self, nodes: Nodes) -> Nodes:
        """Less every node that may go; the same set where the goal is not reached anyway, or where
        there are too many to measure each."""
        if self._loss(nodes) > self._hunt.goal.value or len(nodes) > 3 * _FEW:
            return nodes
        fewer = remove_cheapest(
            nodes, self._hunt.keeping, lambda kept, cost: self._hunt.goal.met(kept)
        )
        self._loss(fewer)
        return fewer

    def down_to_size(self, nodes: Nodes) -> None:
        """One by one, the cheapest first, and every set on the way is on the path.

        As in `remove_cheapest`, what a node costs is measured again before it goes.
        """
        keeping = self._hunt.keeping
        queue = [(keeping(nodes - {node}).loss, node.order, node) for node in nodes]
        heapq.heapify(queue)
        while len(nodes) > self._size:
            _, order, node = heapq.heappop(queue)
            now = keeping(nodes - {node}).loss
            if queue and (now, order) > queue[0][:2]:
                heapq.heappush(queue, (now, order, node))
                continue
            nodes = nodes - {node}
            self._loss(nodes)

    def _loss(self, nodes: Nodes) -> float:
        if nodes not in self._losses:
            self._losses[nodes] = self._hunt.keeping(nodes).loss
            steps = self._settings.steps
            what = f"peeling: {len(nodes)} nodes, {self._losses[nodes]:.3f} nats"
            self._on_progress(steps, steps, what)
        return self._losses[nodes]

    def _cheapest_first(self, nodes: Nodes) -> list[Node]:
        """By what leaving each out would do to the loss, to first order."""
        hunt = self._hunt
        kept = keep_nodes(hunt.config, hunt.keeping.scope, ((n.place, n.index) for n in nodes))
        run = hunt.keeping.compiler(Masks(kept))
        gates = {
            place: torch.ones(int(mask.sum()), requires_grad=True)
            for place, mask in kept.items()
            if mask.any()
        }
        for batch in hunt.keeping.batches:
            logits = run(batch.tokens.flatten(0, 1), gates, last_only=True)[:, -1]
            loss = F.softplus(-logit_difference(logits.unflatten(0, (-1, 2)), batch.answers)).sum()
            if loss.requires_grad:
                loss.backward()
        costs = {
            Node(place, int(index)): -float(slope)
            for place, gate in gates.items()
            for index, slope in zip(
                kept[place].nonzero()[:, 0],
                torch.zeros_like(gate) if gate.grad is None else gate.grad,
                strict=True,
            )
        }
        return sorted(costs, key=lambda node: (costs[node], node.order))
