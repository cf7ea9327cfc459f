"""The model card: what a trained model is, from what, how good, and how to make it again."""

from __future__ import annotations

from circuitspec.model.folder import Model
from circuitspec.tasks.scores import score_pairs
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.tasks.tokens import tokenize_pairs
from circuitspec.train.config import TrainConfig
from circuitspec.train.corpus import Corpus


def model_card(
    config: TrainConfig,
    model: Model,
    *,
    corpus: Corpus,
    train_tokens: int,
    held_out_tokens: int,
    held_out_loss: float,
) -> str:
    """The card as Markdown; every number in it is measured on `model` or read from `config`."""
    shape, data, sparsity = config.model, config.data, config.sparsity
    seen = config.steps * data.batch_size * data.sequence_length
    sections = [
        f"# {config.name}",
        'A weight-sparse transformer after Gao et al. 2025 ("Weight-sparse transformers have '
        'interpretable circuits"), trained by `circuitspec train` for work on its circuits. It '
        "completes Python badly and is good for nothing else.",
        "## Shape",
        f"{shape.n_layer} layers, d_model {shape.d_model}, {shape.n_head} heads of "
        f"{shape.d_head}, d_mlp {shape.d_mlp}, vocabulary {shape.vocab_size} (byte-level BPE; "
        f"quotes and brackets are tokens of their own), context {shape.n_ctx}. Norm "
        f"{shape.norm}, activation {shape.activation}, positions {shape.positions}, attention "
        f"sinks {'on' if shape.sink else 'off'}, AbsTopK "
        + (
            f"{shape.activation_fraction:g} at {', '.join(shape.activation_places)}."
            if shape.activation_fraction
            else "off."
        ),
        "## Data",
        f"The Python standard library ({len(corpus.train)} files, {train_tokens:,} tokens; "
        f"{len(corpus.held_out)} files, {held_out_tokens:,} tokens held out). Corpus sha256 "
        f"`{corpus.sha256}`. Another Python release has another library and gives another model.",
        f"Reference means: {model.reference.n_tokens:,} tokens of the training files, sha256 "
        f"`{model.reference.tokens_sha256}`.",
        "## Recipe",
        f"{config.steps:,} steps of {data.batch_size} x {data.sequence_length} tokens "
        f"({seen / train_tokens:.2f} epochs), seed {config.seed}. Every matrix keeps the same "
        f"nonzero fraction by magnitude after every step, annealed {sparsity.anneal}ly from dense "
        f"to {sparsity.nonzero_fraction:g} until {sparsity.anneal_until:.0%} of the run. The "
        "settings are in `train.toml`.",
        "```\ncircuitspec train train.toml --out FOLDER\n```",
        "The same config on the same corpus gives the same model on one machine with one number "
        "of threads throughout. Elsewhere floating-point sums differ in their last bits, and "
        "training makes such differences grow: expect a model as good as this one, with other "
        "circuits.",
        "## Measured",
        f"Held-out loss: {held_out_loss:.3f} nats per token.",
        _task_table(model),
        "Nonzero weights:",
        _matrix_table(model),
    ]
    return "\n\n".join(sections) + "\n"


def _task_table(model: Model) -> str:
    rows = ["| task (verifying pairs) | loss, nats | right |", "|---|---|---|"]
    for name in shipped_tasks():
        pairs = load_task(name).verifying
        scores = score_pairs(tokenize_pairs(pairs, model.tokenizer), model.transformer)
        rows.append(
            f"| {name} ({len(pairs)}) | {float(scores.loss.mean()):.4f} "
            f"| {float(scores.right.double().mean()):.1%} |"
        )
    return "\n".join(rows)


def _matrix_table(model: Model) -> str:
    rows = ["| matrix | shape | nonzero | fraction |", "|---|---|---|---|"]
    for name, parameter in model.transformer.named_parameters():
        if parameter.ndim == 2:
            count = int(parameter.count_nonzero())
            shape = " x ".join(map(str, parameter.shape))
            rows.append(f"| {name} | {shape} | {count:,} | {count / parameter.numel():.3%} |")
    return "\n".join(rows)
