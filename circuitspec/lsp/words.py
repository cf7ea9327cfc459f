"""One or two sentences on each word of the language, for hover and completion."""

from __future__ import annotations

from circuitspec.language import words

KEYWORDS = {
    "circuitspec": "The first line: what the file is, and which version of the language follows.",
    "circuit": "A circuit: the nodes and weights of one model that are said to do one task, and "
    "what is claimed of them.",
    "model": "The model that the circuit is in: one that comes with circuitspec, or a folder. A "
    "path is relative to this file.",
    "task": "The task that the circuit is said to do: pairs of prompts that differ in one thing, "
    "with the right and the wrong next token.",
    "ablate": "What stands in for what is taken away: `mean over pretraining` or `zero`.",
    "over": "The data over which a mean is taken.",
    "scope": "The places that ablation may touch; without this statement, `layers`.",
    "calibrate": "Fits a scale, and perhaps a shift, to the logits of the circuit alone, on the "
    "task's finding pairs; without this statement they stay as they are.",
    "level": "The chance of a wrong verdict that is accepted, for all claims of the circuit "
    "together; 5% unless it is stated.",
    "node": "Gives elements of the model a name: neurons, channels, pairs of a query and a key, or "
    "a channel of the residual stream from where it is written to where it is read.",
    "channel": "A channel of the residual stream, by where it is written and where it is read: "
    "`channel 460 from L0.mlp to L1.attn`.",
    "from": "The blocks that write the channel: `embed`, `L0.attn`, `L0.mlp` and so on.",
    "to": "The blocks that read the channel: `L1.attn`, `L1.mlp` and so on, or `final`.",
    "edge": "Weights that join nodes, each of them nonzero in the model. A sign after a target, as "
    "in `a -> b : -`, is that of the weight. Where a circuit lists edges, all other weights "
    "between its nodes count as taken away.",
    "expect": "A claim that `circuitspec verify` holds against the model.",
    "every": "The claim is made of each single node, or of each single edge.",
    "costs": "How much greater the loss is, in nats, when one of them is left out of the circuit.",
}
"""The words that the grammar knows."""

CLAIMS = {
    "sufficient": "With everything in scope outside of the circuit ablated, the model still does "
    "the task this well.",
    "necessary": "With only the circuit ablated, the model does the task this badly.",
    "minimal": "Leaving any one node, or any one edge, out of the circuit costs at least this "
    "much.",
}
"""What can be claimed."""

METRICS = {
    "loss": "The cross-entropy in nats between the two candidate answers, averaged over both "
    "prompts of a pair. 0.69 is a coin.",
    "accuracy": "The share of prompts after which the right answer gets the greater logit. 50% is "
    "a coin.",
}
"""What can be measured."""

SETTINGS = {
    "mean": "A value that is taken away is replaced by its mean at this place.",
    "zero": "A value that is taken away is replaced by zero.",
    "pretraining": "The model's training text; the means come with the model.",
    "layers": "The eight places inside of every layer.",
    "embed": "What the embedding writes to the residual stream.",
    "final": "The residual stream before the last norm.",
    "scale": "The factor by which the difference of the two answers' logits is multiplied.",
    "shift": "What is added to the difference of the two answers' logits, first minus second.",
}
"""Ways to ablate, data, scopes and what is fitted."""

PARTS = {
    "q": "The query half of a pair of a query and a key.",
    "k": "The key half of a pair of a query and a key.",
}
"""What edges may add to the name of a node."""

LATER = dict.fromkeys(
    (*words.LATER, *words.LATER_METRICS), "Reserved for a later version of the language."
)
"""Words that cannot be used yet."""

DOCUMENTATION = {**LATER, **PARTS, **SETTINGS, **METRICS, **CLAIMS, **KEYWORDS}
"""Every word that has a meaning somewhere, and the meaning."""
