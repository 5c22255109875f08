"""Fine-tune the network on labelled records.

The body runs in bfloat16, which the matrix units of recent processors are many times faster at; the weights that are
learned are kept in single precision beside it, or small steps would be rounded away.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from qa_assess.encoder_training.batches import UNLABELLED, Batch, Sample, shuffled
from qa_assess.encoder_training.network import Network

# What each part of the loss weighs beside the outcome's; the tags' is a mean over 19, mostly rare, answers.
_WEIGHTS = {"kind": 0.4, "evidence": 0.3, "tags": 6.0, "concern": 1.0, "case": 0.5, "asked": 0.3, "guess": 0.3}
# Ids under this are marks, not words.
_FIRST_WORD = 5


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the network is tuned.

    Attributes:
        layers: Layers of MiniLM's six that are kept (`network.KEPT`).
        epochs: Passes over the records.
        body_rate, head_rate: Highest learning rates of what starts from MiniLM and of what starts at random.
        batch: Records a step.
        hidden: Share of pieces that are hidden at each step and guessed: against learning records by heart, and so that
            the language of the House is learned too.
        warm_up: Share of the steps in which the rates rise; then they fall evenly.
    """

    layers: int = 6
    epochs: int = 3
    body_rate: float = 1e-4
    head_rate: float = 8e-4
    batch: int = 16
    hidden: float = 0.15
    warm_up: float = 0.1


def loss(network: Network, batch: Batch, hide: Tensor, mask_id: int) -> Tensor:
    """The weighted sum of every head's loss on a batch.

    Args:
        network: The network.
        batch: Some records, at least one of which has an ask.
        hide: True where a piece is hidden (records, pieces).
        mask_id: The id that stands in its place.
    """
    hidden = network.hidden(batch.ids.masked_fill(hide, mask_id), batch.answer.long(), batch.mask)
    outcome, kind, attention = network.of_asks(hidden, batch.answer, batch.rows, batch.spans)
    tags, cases = network.of_answers(hidden, batch.answer)
    question = batch.mask & ~batch.answer
    parts = {
        "kind": cross_entropy(kind, batch.kinds),
        "tags": binary_cross_entropy_with_logits(tags, batch.tags),
        "concern": _over(network.concern(hidden).squeeze(2), batch.concern, batch.answer),
        "asked": _over(network.asked(hidden).squeeze(2), batch.asked, question),
    }
    if hide.any():
        parts["guess"] = cross_entropy(network.guesses(hidden[hide]), batch.ids[hide])
    shown = [attention[n, s[0] : s[1]].sum() for n, s in enumerate(batch.evidence) if s]
    if shown:
        parts["evidence"] = -(torch.stack(shown) + 1e-6).log().mean()
    if (batch.cases != UNLABELLED).any():
        parts["case"] = cross_entropy(cases, batch.cases, ignore_index=UNLABELLED)
    return cross_entropy(outcome, batch.statuses) + sum(_WEIGHTS[name] * part for name, part in parts.items())


def _over(logits: Tensor, labels: Tensor, where: Tensor) -> Tensor:
    each = binary_cross_entropy_with_logits(logits, labels, reduction="none")
    return (each * where).sum() / where.sum().clamp(min=1)


class _Masters:
    """Single-precision copies of a bfloat16 body's weights: gradients go to them, their values back."""

    def __init__(self, body: list[nn.Parameter]) -> None:
        self.body = body
        self.weights = [p.detach().float().clone().requires_grad_() for p in body]

    def take_gradients(self) -> None:
        for own, p in zip(self.weights, self.body, strict=True):
            own.grad = p.grad.float() if p.grad is not None else None
            p.grad = None

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def give_values(self) -> None:
        for own, p in zip(self.weights, self.body, strict=True):
            p.copy_(own)


@dataclass(frozen=True, slots=True)
class Start:
    """What the network starts from.

    Attributes:
        weights: MiniLM's `model.safetensors`.
        vocabulary: Rows of its embeddings by our ids.
        mask_id: Our id of the piece that stands for a hidden one.
    """

    weights: Path
    vocabulary: Tensor
    mask_id: int


def tune(
    samples: Sequence[Sample],
    start: Start,
    recipe: Recipe,
    *,
    seed: int,
    tell: Callable[[str], None] = lambda _: None,
) -> Network:
    """A network fine-tuned on samples.

    Args:
        samples: Labelled records.
        start: MiniLM's weights, and the part of its vocabulary that is kept.
        recipe: Layers, rates, epochs.
        seed: Of the heads' first weights, the order of records and the hidden pieces.
        tell: Is given a line of progress now and then.
    """
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    network = Network(start.vocabulary, recipe.layers, start.weights)
    body = network.body()
    masters = _Masters(body)
    for part in (network.words, network.places, network.parts, network.norm, network.layers):
        part.bfloat16()
    own = {id(p) for p in body}
    heads = [p for p in network.parameters() if id(p) not in own]
    groups = [{"params": masters.weights, "lr": recipe.body_rate}, {"params": heads, "lr": recipe.head_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    steps = recipe.epochs * -(-len(samples) // recipe.batch)
    rise = recipe.warm_up * steps
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min(1.0, (n + 1) / rise) * max(0.02, 1 - n / steps)
    )
    network.train()
    for epoch in range(recipe.epochs):
        total, n = 0.0, 0
        for batch in shuffled(samples, recipe.batch, rng):
            hide = (torch.rand(batch.ids.shape) < recipe.hidden) & (batch.ids >= _FIRST_WORD)
            value = loss(network, batch, hide, start.mask_id)
            optimizer.zero_grad()
            value.backward()
            masters.take_gradients()
            torch.nn.utils.clip_grad_norm_([*masters.weights, *heads], 1.0)
            optimizer.step()
            schedule.step()
            masters.give_values()
            total, n = total + value.item(), n + 1
            if n % 100 == 0:
                tell(f"epoch {epoch + 1} of {recipe.epochs}, {n * recipe.batch} records, loss {total / n:.3f}")
    for weight, p in zip(masters.weights, body, strict=True):
        p.data = weight.data
    network.eval()
    return network
