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
    "over": "The data over which a mean is taken, or on which a claim about a node is made; what "
    "the level counts as drawn independently.",
    "scope": "The places that ablation may touch; without this statement, `layers`.",
    "calibrate": "Fits a scale, and perhaps a shift, to the logits of the circuit alone, on the "
    "task's finding pairs; without this statement they stay as they are.",
    "level": "The chance of a wrong verdict that is accepted, for all claims of the circuit "
    "together; 5% unless it is stated.",
    "also": "Further ablations under which `sufficient` and `necessary` must hold as well.",
    "report": "Further ablations under which the same is measured and reported; they decide "
    "nothing.",
    "node": "Gives elements of the model a name: neurons, channels, pairs of a query and a key, or "
    "a channel of the residual stream from where it is written to where it is read.",
    "outside": "Gives a name to elements that are not in the circuit, for claims about them.",
    "channel": "A channel of the residual stream, by where it is written and where it is read: "
    "`channel 460 from L0.mlp to L1.attn`.",
    "from": "The blocks that write the channel: `embed`, `L0.attn`, `L0.mlp` and so on.",
    "to": "The blocks that read the channel: `L1.attn`, `L1.mlp` and so on, or `final`.",
    "edge": "Weights that join nodes, each of them nonzero in the model. A sign after a target, as "
    "in `a -> b : -`, is that of the weight. Where a circuit lists edges, all other weights "
    "between its nodes count as taken away.",
    "expect": "A claim that `circuitspec verify` holds against the model.",
    "predict": "What the whole model does on another task, written before it is run.",
    "every": "The claim is made of each single node, or of each single edge.",
    "costs": "How much greater the loss is, in nats, when one of them is left out of the circuit.",
    "fires": "The node is higher `on` some tokens than on others, or `inside` of a stretch of text "
    "than outside: in the full model and in the circuit alone, on the task and on any text.",
    "separates": "The node is higher on the first tokens than on the second; or, for `answers`, "
    "before the answer to the first prompts of the pairs than before that to the second.",
    "is": "The node is `positive` or `negative`, perhaps `on` some tokens, or it is `constant`.",
    "attends": "The head of the node attends `from` some positions `to` others.",
    "on": "The tokens at which the node is looked at, each by its exact text.",
    "inside": "A stretch of text, by what it begins and ends with, which may be the same.",
    "in": "In the full model alone, or in the circuit alone; without it, in both.",
    "at": "The positions at which values are replaced; without it, all of them.",
    "flips": "The answer becomes that of the other prompt of the pair.",
    "keeps": "The answer stays as it is.",
    "the": "The answer: the likelier one of the two that the task knows.",
    "answer": "The likelier one of the two answers that the task knows.",
}
"""The words that the grammar knows."""

CLAIMS = {
    "sufficient": "With everything in scope outside of the circuit ablated, the model still does "
    "the task this well.",
    "necessary": "With only the circuit ablated, the model does the task this badly.",
    "minimal": "Leaving any one node, or any one edge, out of the circuit costs at least this "
    "much.",
    "faithful": "The circuit alone does inside what the full model does, with the norm scales that "
    "it has by itself and with those of the full model.",
    "specific": "Without the circuit, the loss on any text barely rises: what was taken away is "
    "this ability and not the model.",
    "complete": "Circuit and model stay this close whatever part of the circuit both lose.",
    "unique": "A search that may not use the circuit's nodes finds no circuit as small with less "
    "loss.",
    "swapping": "With the values that these nodes have in the other prompt of the pair, the answer "
    "is the other one.",
    "exchanging": "With the values that these nodes have in another prompt with the same answer, "
    "the answer stays.",
    "resampling": "With values from any text in the place of what these nodes say, the answer "
    "stays.",
    "beats": "The circuit is better than what chance, another circuit or a search for nonsense "
    "gives.",
}
"""What can be claimed."""

METRICS = {
    "loss": "The cross-entropy in nats between the two candidate answers, averaged over both "
    "prompts of a pair. 0.69 is a coin.",
    "accuracy": "The share of prompts after which the right answer gets the greater logit. 50% is "
    "a coin.",
    "agreement": "The share of prompts on which circuit and model give the same answer.",
    "wrong_agreement": "The same on the prompts that the model answers wrongly.",
    "kl": "How far the circuit's odds are from the model's: the Kullback-Leibler divergence over "
    "the two answers, in nats.",
    "attention": "How far heads look elsewhere in the circuit than in the model: total variation, "
    "from 0 to 1, of the worst head.",
    "correlation": "Of what a kept node says in the circuit with what it says in the model; of the "
    "worst node.",
    "sign": "The share of positions at which a kept node has the same sign in both; of the worst "
    "node.",
    "frozen_loss": "The loss of the circuit with the norm scales of the full model.",
    "text_loss": "How much greater the next-token loss on held-out text is, in nats.",
    "gap": "The difference between the mean logit differences of circuit and model, where it is "
    "greatest.",
    "auc": "The area under the ROC curve: how often a value of the one kind is above one of the "
    "other. 0.5 is a coin.",
    "share": "The share of positions, of answers or of controls of which it is true.",
    "spread": "The standard deviation as a part of the root mean square.",
    "mass": "The mean of the attention that arrives there, from 0 to 1.",
    "ratio": "How many times as many nodes the search for the control needs.",
}
"""What can be measured."""

ABLATIONS = {
    "task_mean": "The mean over the task's finding prompts.",
    "resample": "The values at a random position of any text.",
    "counterfactual": "The values in the other prompt of the pair.",
    "optimal": "One constant for each node, fitted on the finding pairs to do the least harm.",
    "subsets": "The mean, at random subsets of what is outside of the circuit; the rest is live.",
    "adversary": "The mean, at the subset of what is outside that hurts most, as far as it was "
    "found; one for each batch.",
}
"""Further ablations; `zero` is one of the settings as well."""

CONTROLS = {
    "random_circuits": "Random sets of nodes, as many at every place as the circuit has.",
    "other_circuits": "The circuits of other tasks in the same model.",
    "nonsense": "A circuit sought for answers that mean nothing.",
    "shuffled_answers": "A circuit sought for answers that are right or wrong at random.",
    "random_weights": "A circuit sought in a model with the same nonzero weights, redrawn.",
}
"""What a circuit can beat."""

SPOTS = {
    "last": "The last position of the prompt, where the answer is read.",
    "difference": "Where the two prompts of the pair differ.",
}
"""Positions that have a name."""

STATES = {
    "positive": "Above zero.",
    "negative": "Below zero.",
    "constant": "The same everywhere, or nearly.",
}
"""What a node can be said to be."""

SETTINGS = {
    "mean": "A value that is taken away is replaced by its mean at this place.",
    "zero": "A value that is taken away is replaced by zero.",
    "pretraining": "The model's training text; the means come with the model.",
    "layers": "The eight places inside of every layer.",
    "embed": "What the embedding writes to the residual stream.",
    "final": "The residual stream before the last norm.",
    "scale": "The factor by which the difference of the two answers' logits is multiplied.",
    "shift": "What is added to the difference of the two answers' logits, first minus second.",
    "pairs": "Each pair of prompts counts as drawn by itself.",
    "templates": "The pairs that one template made count as drawn together.",
}
"""Ways to ablate, data, scopes, what is fitted and what is drawn."""

WHERE = {
    "model": "The full model, as it is.",
    "circuit": "The circuit alone, with everything else in scope ablated.",
    "task": "The task's prompts for verifying.",
    "text": "Held-out pretraining text, which comes with the model.",
}
"""After `in` and `over`: where a claim is looked at."""

IN_CLAIMS = {
    "text": WHERE["text"],
    "answers": "The two answers that the task knows.",
    "rest": "All of the scope that is not in the circuit.",
    "circuit": "All nodes of the circuit.",
}
"""Further words that stand in claims."""

PARTS = {
    "q": "The query half of a pair of a query and a key.",
    "k": "The key half of a pair of a query and a key.",
}
"""What edges may add to the name of a node."""

LATER = dict.fromkeys(
    (*words.LATER, *words.LATER_METRICS), "Reserved for a later version of the language."
)
"""Words that cannot be used yet."""

DOCUMENTATION = {
    **LATER,
    **PARTS,
    **IN_CLAIMS,
    **STATES,
    **SPOTS,
    **CONTROLS,
    **ABLATIONS,
    **SETTINGS,
    **METRICS,
    **CLAIMS,
    **KEYWORDS,
}
"""Every word that has a meaning somewhere, and the meaning."""
