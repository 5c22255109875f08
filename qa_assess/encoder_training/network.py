"""The transformer: MiniLM's layers, and a head for each thing that the codebook asks about.

The body is that of BERT (Devlin and others 2019), as wide as all-MiniLM-L6-v2 (Wang and others 2020; Reimers and
Gurevych 2019), whose weights it starts from. The heads share it, so every label of a record teaches it: each ask's kind
and status, where the evidence stands, the tags, the concern, the grade.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS = 384, 12
KINDS, TAGS, CASES, STATUSES = 14, 19, 4, 3
# Which of the six layers are kept, by how many are.
KEPT = {2: (0, 3), 3: (0, 2, 4), 4: (0, 2, 4, 5), 6: (0, 1, 2, 3, 4, 5)}
_FAR = -1e4


def _attend(mixed: Tensor, bias: Tensor) -> Tensor:
    batch, length, _ = mixed.shape
    query, key, value = mixed.view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
    scores = (query * (WIDTH // HEADS) ** -0.5) @ key.transpose(-1, -2)
    weights = (scores + bias).softmax(-1)
    return (weights @ value).transpose(1, 2).reshape(batch, length, WIDTH)


class _Attention(torch.autograd.Function):  # type: ignore[misc]
    """Attention without padding; in ONNX one operation of onnxruntime's, which is much faster than its parts."""

    @staticmethod
    def forward(_ctx: object, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return _attend(torch.cat([query, key, value], -1), torch.zeros(()))

    @staticmethod
    def symbolic(graph: torch.Graph, query: torch.Value, key: torch.Value, value: torch.Value) -> torch.Value:
        # As the query in shape, which the exporter cannot know by itself.
        return graph.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=HEADS).setType(query.type())


class Layer(nn.Module):  # type: ignore[misc]
    """One layer of the body: attention over all pieces, then two linear maps, each with its residual."""

    def __init__(self) -> None:
        super().__init__()
        self.mixed = nn.Linear(WIDTH, 3 * WIDTH)
        self.joined = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wide = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, hidden: Tensor, bias: Tensor | None) -> Tensor:
        """`hidden` (records, pieces, WIDTH); `bias` (records, 1, 1, pieces) is very negative where there is padding.

        Without a bias there is no padding, and attention is exported as the one operation that it is.
        """
        mixed = self.mixed(hidden)
        seen = _attend(mixed, bias) if bias is not None else _Attention.apply(*mixed.split(WIDTH, -1))
        hidden = self.attention_norm(hidden + self.joined(seen))
        out: Tensor = self.norm(hidden + self.narrow(functional.gelu(self.wide(hidden))))
        return out


class Network(nn.Module):  # type: ignore[misc]
    """Body and heads.

    Args:
        vocabulary: Rows of MiniLM's embeddings that are kept, in the order of our ids.
        layers: How many layers the body has (2, 3, 4 or 6).
        weights: MiniLM's `model.safetensors`.
    """

    def __init__(self, vocabulary: Tensor, layers: int, weights: Path) -> None:
        super().__init__()
        self.words = nn.Embedding(len(vocabulary), WIDTH)
        self.places = nn.Embedding(512, WIDTH)
        self.parts = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.kind = nn.Linear(WIDTH, KINDS)
        self.sought, self.offered = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.outcome = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(4 * WIDTH, WIDTH), nn.GELU(), nn.Dropout(0.1), nn.Linear(WIDTH, STATUSES)
        )
        self.tag_query = nn.Parameter(torch.randn(TAGS, WIDTH) * 0.05)
        self.tag_weight = nn.Parameter(torch.randn(TAGS, WIDTH) * 0.02)
        self.tag_whole = nn.Linear(WIDTH, TAGS)
        self.concern = nn.Linear(WIDTH, 1)
        self.asked = nn.Linear(WIDTH, 1)
        self.case = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, CASES))
        self.guess = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.LayerNorm(WIDTH))
        self.guess_bias = nn.Parameter(torch.zeros(len(vocabulary)))
        self.drop = nn.Dropout(0.1)
        nn.init.constant_(self.tag_whole.bias, -2.0)
        self._start_from(load_file(weights), vocabulary, KEPT[layers])

    def body(self) -> list[nn.Parameter]:
        """The parameters that start from MiniLM's."""
        parts = (self.words, self.places, self.parts, self.norm, self.layers)
        return [p for part in parts for p in part.parameters()]

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _start_from(self, given: dict[str, Tensor], vocabulary: Tensor, kept: tuple[int, ...]) -> None:
        def linear(to: nn.Module, name: str) -> None:
            to.weight.copy_(given[f"{name}.weight"])
            to.bias.copy_(given[f"{name}.bias"])

        self.words.weight.copy_(given["embeddings.word_embeddings.weight"][vocabulary])
        self.places.weight.copy_(given["embeddings.position_embeddings.weight"])
        self.parts.weight.copy_(given["embeddings.token_type_embeddings.weight"])
        linear(self.norm, "embeddings.LayerNorm")
        for layer, n in zip(self.layers, kept, strict=True):
            own = f"encoder.layer.{n}"
            mixed = [f"{own}.attention.self.{part}" for part in ("query", "key", "value")]
            layer.mixed.weight.copy_(torch.cat([given[f"{name}.weight"] for name in mixed]))
            layer.mixed.bias.copy_(torch.cat([given[f"{name}.bias"] for name in mixed]))
            linear(layer.joined, f"{own}.attention.output.dense")
            linear(layer.attention_norm, f"{own}.attention.output.LayerNorm")
            linear(layer.wide, f"{own}.intermediate.dense")
            linear(layer.narrow, f"{own}.output.dense")
            linear(layer.norm, f"{own}.output.LayerNorm")

    def hidden(self, ids: Tensor, parts: Tensor, mask: Tensor | None) -> Tensor:
        """The body's output (records, pieces, WIDTH); `mask` (records, pieces) is 1 where there is a piece.

        None says that there is one everywhere.
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.norm(self.words(ids) + self.places(places) + self.parts(parts))
        # In the body's own precision: a wider one would make the scores of every layer wide, at twice the time.
        bias = None if mask is None else ((1 - mask.to(hidden.dtype)) * _FAR)[:, None, None, :]
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden.float()

    def of_asks(self, hidden: Tensor, answer: Tensor, rows: Tensor, spans: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Outcome and kind logits of each ask, and how its attention lies over the answer.

        Args:
            hidden: `hidden` of the records.
            answer: True where a piece is the answer's (records, pieces).
            rows: The record of each ask (asks,).
            spans: Its first piece and the one after its last (asks, 2).
        """
        places = torch.arange(hidden.shape[1], device=hidden.device)
        inside = ((places >= spans[:, :1]) & (places < spans[:, 1:])).float()
        own = hidden[rows]
        ask = (inside.unsqueeze(1) @ own).squeeze(1) / inside.sum(1, keepdim=True)
        scores = (self.offered(hidden)[rows] @ self.sought(ask).unsqueeze(2)).squeeze(2) * WIDTH**-0.5
        weights = scores.masked_fill(~answer[rows], _FAR).softmax(1)
        found = (weights.unsqueeze(1) @ own).squeeze(1)
        outcome = self.outcome(torch.cat([ask, found, ask * found, own[:, 0]], 1))
        return outcome, self.kind(self.drop(ask)), weights

    def of_answers(self, hidden: Tensor, answer: Tensor) -> tuple[Tensor, Tensor]:
        """Tag logits (records, TAGS) and case logits (records, CASES)."""
        whole = hidden[:, 0]
        weights = (hidden @ self.tag_query.T).masked_fill(~answer.unsqueeze(2), _FAR).softmax(1)
        told = weights.transpose(1, 2) @ hidden
        tags = (self.drop(told) * self.tag_weight).sum(2) + self.tag_whole(whole)
        shown = answer.float().unsqueeze(2)
        mean = (hidden * shown).sum(1) / shown.sum(1).clamp(min=1)
        return tags, self.case(torch.cat([whole, mean], 1))

    def guesses(self, hidden: Tensor) -> Tensor:
        """Logits of the piece that stands where there is some hidden one (places, pieces of the vocabulary)."""
        words = self.words.weight
        return (self.guess(hidden).to(words.dtype) @ words.T).float() + self.guess_bias


class Single(nn.Module):  # type: ignore[misc]
    """The network for one record, as it is exported: ids (pieces,), where the answer begins, asks (asks, 2)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, answer_at: Tensor, asks: Tensor) -> tuple[Tensor, ...]:
        """Probabilities of statuses and kinds, log-odds of the tags, probabilities of the cases and of asked pieces."""
        ids = ids.unsqueeze(0)
        said = torch.arange(ids.shape[1]).unsqueeze(0) >= answer_at
        hidden = self.network.hidden(ids, said.long(), None)
        rows = torch.zeros_like(asks[:, 0])
        outcome, kind, _ = self.network.of_asks(hidden, said, rows, asks)
        tags, cases = self.network.of_answers(hidden, said)
        asked = self.network.asked(hidden)[0, :, 0].sigmoid()
        return outcome.softmax(1), kind.softmax(1), tags[0], cases.softmax(1)[0], asked
