"""The model card: what a trained model is, from what, how good, and how to make it again."""

from __future__ import annotations

from circuitspec.model.folder import Model
from circuitspec.tasks.measure import AskedTasks
from circuitspec.tasks.shipped import load_task, shipped_tasks
from circuitspec.train.config import SparsityConfig, TrainConfig
from circuitspec.train.corpus import Corpus

# Of a run; sooner than any run's first step is done.
_AT_ONCE = 1e-5

_BRACKETS = {
    "single": "quotes and brackets are tokens of their own",
    "closing-runs": "quotes and opening brackets are tokens of their own",
}


def model_card(
    config: TrainConfig,
    model: Model,
    *,
    corpus: Corpus,
    start: Model | None,
    device: str,
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
        f"{_BRACKETS[data.brackets]}), context {shape.n_ctx}. Norm "
        f"{shape.norm}, activation {shape.activation}, positions {shape.positions}, attention "
        f"sinks {'on' if shape.sink else 'off'}, AbsTopK "
        + (
            f"{shape.activation_fraction:g} at {', '.join(shape.activation_places)}."
            if shape.activation_fraction
            else "off."
        ),
        "## Data",
        _data(config, corpus, train_tokens, held_out_tokens),
        f"Reference means: {model.reference.n_tokens:,} tokens of the training files, sha256 "
        f"`{model.reference.tokens_sha256}`.",
        "## Recipe",
        f"{_beginning(start)}{config.steps:,} steps of {data.batch_size} x {data.sequence_length} "
        f"tokens ({seen / train_tokens:.2f} epochs), seed {config.seed}. {_thinning(sparsity)} The "
        "settings are in `train.toml`.",
        f"```\ncircuitspec train train.toml --out FOLDER{_on(device)}\n```",
        "The same config on the same corpus gives the same model on one processor with one number "
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


def _beginning(start: Model | None) -> str:
    if start is None:
        return ""
    return f"From the weights of `{start.name}` (sha256 `{start.sha256}`), with its tokenizer: "


def _on(device: str) -> str:
    return "" if device == "cpu" else f" --device {device}"


def _thinning(sparsity: SparsityConfig) -> str:
    kept = "Every matrix keeps the same nonzero fraction by magnitude after every step"
    if sparsity.anneal_until < _AT_ONCE:
        return f"{kept}, {sparsity.nonzero_fraction:g} from the first on."
    return (
        f"{kept}, annealed {sparsity.anneal}ly from dense to {sparsity.nonzero_fraction:g} until "
        f"{sparsity.anneal_until:.0%} of the run."
    )


def _data(config: TrainConfig, corpus: Corpus, train_tokens: int, held_out_tokens: int) -> str:
    simple, held_out_simple = corpus.simple
    text = "The Python standard library"
    files = f"{len(corpus.train) - simple:,} files"
    held_out = f"{len(corpus.held_out) - held_out_simple:,} files"
    if simple:
        share, seed = config.data.simple_share, config.data.simple_seed
        text += (
            ", and short Python programs made by `circuitspec.train.simple_programs` from seed "
            f"{seed}, {share:.0%} of all characters"
        )
        if config.data.simple_names == "many":
            text += ", with frequent names of the library in them"
        files += f" and {simple:,} programs"
        held_out += f" and {held_out_simple:,} programs"
    text += f" ({files}, {train_tokens:,} tokens; {held_out}, {held_out_tokens:,} tokens held out)."
    if simple:
        text += (
            " The programs are made of the constructs that the shipped tasks ask about, without "
            "the names and words of their verifying pairs."
        )
    return (
        f"{text} Corpus sha256 `{corpus.sha256}`. Another Python release has another library and "
        "gives another model."
    )


def _task_table(model: Model) -> str:
    tasks = AskedTasks(map(load_task, shipped_tasks()), model.tokenizer, "verifying")
    rows = ["| task (verifying pairs) | loss, nats | right |", "|---|---|---|"]
    rows += [
        f"| {name} ({score.pairs}) | {score.loss:.4f} | {score.accuracy:.1%} |"
        for name, score in tasks.scores(model.transformer)
    ]
    text = "\n".join(rows)
    if tasks.refused:
        names = ", ".join(tasks.refused)
        text += f"\n\nThe tokenizer has no tokens to ask these with: {names}."
    return text


def _matrix_table(model: Model) -> str:
    rows = ["| matrix | shape | nonzero | fraction |", "|---|---|---|---|"]
    for name, parameter in model.transformer.named_parameters():
        if parameter.ndim == 2:
            count = int(parameter.count_nonzero())
            shape = " x ".join(map(str, parameter.shape))
            rows.append(f"| {name} | {shape} | {count:,} | {count / parameter.numel():.3%} |")
    return "\n".join(rows)
