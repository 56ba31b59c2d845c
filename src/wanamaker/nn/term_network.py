"""The network of a search-term model: the words of a term, its own past, and what is known of the day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.nn.attention import AttentionPooling
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.encoders import encoder
from wanamaker.nn.sequences import PADDING
from wanamaker.nn.statics import StaticEncoder
from wanamaker.nn.steps import StepEncoder

if TYPE_CHECKING:
    from torch import Tensor

    from wanamaker.nn.batch import Batch
    from wanamaker.nn.sequences import Sequences

TERM = "term"
"""The column of each row that says which row of the table of terms it is, from 1 on."""

LOG_EXPOSURE = "log_exposure"
"""The column of each row that is added to the log rate as it is."""

_STARTING_SPREAD = 0.1


@dataclass(frozen=True, kw_only=True)
class TermShape:
    """What a term network is made of.

    Parameters
    ----------
    words
        Codes of words, those of padding and the unknown among them.
    vectors
        Numbers of a term's given vector; 0 for none.
    past
        Columns of numbers of a past day.
    static_numbers
        Numbers of a row.
    embedding
        Numbers of a word's vector.
    width
        Of both encoders and of the layers on top.
    dropout
        Share of the values before the layers on top that is set to zero while training.
    extra
        Numbers that the distribution of counts has beside its mean: ``"none"``, ``"dispersion"`` (one for
        all rows) or ``"gate"`` (one for each).
    """

    words: int
    vectors: int = 0
    past: list[str] = field(default_factory=list)
    static_numbers: list[str] = field(default_factory=list)
    embedding: int = 32
    width: int = 32
    dropout: float = 0.1
    extra: str = "none"


class TextEncoder(torch.nn.Module):
    """The words of terms as one vector each: embedding, LSTM, attention.

    **Shape**

    * words: (terms, W) codes, 0 at padding behind the last word
    * out: pooled (terms, width), zeros without words; weights (terms, W), of sum 1
    """

    def __init__(self, words: int, embedding: int, width: int) -> None:
        super().__init__()
        self.words = Embedding(words, embedding)
        self.encoder = encoder("lstm", embedding, width)
        self.attention = AttentionPooling(width)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor]:
        """Return the pooled states and what each word counted in them."""
        mask = words != PADDING
        states = self.encoder(self.words(words), mask)  # (terms, words, width)
        pooled, weights = self.attention(states, mask)
        return pooled, weights[:, 0]


class TermNetwork(torch.nn.Module):
    """The logarithm of expected conversions: a log rate, and the log exposure of the row.

    ``log rate = Σ b_w + c · x + f(text, past, x)``: a weight of each word and of each number, as in a
    log-linear model, and layers on top of the encoded words, the encoded past days and the numbers. The
    weights alone tell apart words that are rare; the layers tell what they do together.

    Parameters
    ----------
    shape
        What it is made of.

    **Shape**

    * batch: B rows with at most T past days; texts: the words of the terms that stand in it
    * out: (B, 1) log means, or (B, 2) with what the distribution has beside it
    """

    def __init__(self, shape: TermShape) -> None:
        super().__init__()
        self.extra = shape.extra
        self.text = TextEncoder(shape.words, shape.embedding, shape.width)
        self.weights = torch.nn.Embedding(shape.words, 1, padding_idx=PADDING)
        self.past = StepEncoder({}, shape.past, gaps=True)
        self.memory = encoder("lstm", self.past.width, shape.width)
        self.attention = AttentionPooling(shape.width, decay=True)
        self.statics = StaticEncoder({}, shape.static_numbers)
        self.line = torch.nn.Linear(self.statics.width, 1, bias=False)
        inputs = 2 * shape.width + self.statics.width + shape.vectors
        self.top = torch.nn.Sequential(
            torch.nn.Dropout(shape.dropout),
            torch.nn.Linear(inputs, shape.width),
            torch.nn.GELU(),
            torch.nn.Linear(shape.width, 2 if shape.extra == "gate" else 1),
        )
        self.dispersion = torch.nn.Parameter(torch.zeros(1)) if shape.extra == "dispersion" else None
        with torch.no_grad():
            self.weights.weight.zero_()
            self.line.weight.zero_()

    def forward(self, batch: Batch, texts: Texts) -> Tensor:
        """Return the log mean of each row, and what the distribution has beside it."""
        known = self.statics(batch)
        vectors = [self.text(texts.words)[0], *([] if texts.vectors is None else [texts.vectors])]
        parts = [torch.cat(vectors, dim=-1)[texts.places], self.pooled_past(batch), known]
        told: Tensor = self.top(torch.cat(parts, dim=-1))  # (batch, 1 or 2)
        own = self.weights(texts.words).sum(1)[texts.places] + self.line(known)  # (batch, 1)
        logs = told[:, :1] + own + batch.static_numbers[LOG_EXPOSURE][:, None]
        if self.dispersion is not None:
            return torch.cat((logs, self.dispersion.expand(len(logs), 1)), dim=-1)
        return torch.cat((logs, told[:, 1:]), dim=-1)

    def pooled_past(self, batch: Batch) -> Tensor:
        """Return the past days of each row as one vector, of shape (B, width); zeros without any."""
        states = self.memory(self.past(batch), batch.mask)
        pooled: Tensor = self.attention(states, batch.mask, batch.ages)[0]
        return pooled

    def start_at(self, log_rate: float) -> None:
        """Let every row have this log rate before anything is learned, but for what the layers add."""
        last = self.top[-1]
        assert isinstance(last, torch.nn.Linear)  # noqa: S101 (for the type checker)
        with torch.no_grad():
            last.weight.mul_(_STARTING_SPREAD)
            last.bias[0] = log_rate
            last.bias[1:] = -2.0  # of the gate: most rows are no zeros by rule


@dataclass(frozen=True, eq=False)
class Texts:
    """The terms of a batch, each once.

    Parameters
    ----------
    words
        Codes of their words, of shape (terms, W).
    places
        Which of the terms each row has, of shape (B,).
    vectors
        Their given vectors, of shape (terms, V), or None.
    """

    words: Tensor
    places: Tensor
    vectors: Tensor | None = None


class TermReader(torch.nn.Module):
    """A term network with the table of the terms it is asked about, each encoded once per batch.

    A term stands on many days; its words are looked up by the code in column ``term`` of the batch.

    Parameters
    ----------
    network
        Knows words, not terms.
    words
        Codes of the words of each term, of shape (terms + 1, W), zeros behind the last word; row 0 is empty.
    vectors
        Given vectors of the terms, of shape (terms + 1, V), or None.

    **Shape**

    * batch: B rows
    * out: as the network's
    """

    words: Tensor
    vectors: Tensor | None

    def __init__(self, network: TermNetwork, words: Tensor, vectors: Tensor | None = None) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("words", words)
        self.register_buffer("vectors", vectors)

    def forward(self, batch: Batch) -> Tensor:
        """Return what the network says of each row."""
        told: Tensor = self.network(batch, self.texts(batch.static_codes[TERM]))
        return told

    def texts(self, terms: Tensor) -> Texts:
        """Return the words of the terms of a batch, no wider than its longest term."""
        unique, places = torch.unique(terms, return_inverse=True)
        words = self.words[unique].long()
        longest = max(int((words != PADDING).sum(1).max()), 1) if len(words) else 1
        return Texts(words[:, :longest], places, None if self.vectors is None else self.vectors[unique])

    def check(self, sequences: Sequences) -> None:
        """Refuse rows that lack a column of their own, or name a term that is not in the table.

        Raises
        ------
        SchemaError
            If the column of terms or of exposures is missing.
        DataError
            If a term has no row in the table.
        """
        if TERM not in sequences.static_codes or LOG_EXPOSURE not in sequences.static_numbers:
            message = f"A term network reads {TERM!r} and {LOG_EXPOSURE!r} of each row."
            raise SchemaError(message)
        codes = sequences.static_codes[TERM]
        if len(codes) and int(codes.max()) >= len(self.words):
            message = (
                f"{TERM!r} must hold rows of the table of terms, below {len(self.words)}. Got {codes.max()}."
            )
            raise DataError(message)


class Expected(torch.nn.Module):
    """The log of the expected count, whatever distribution the reader's network has learned.

    **Shape**

    * batch: B rows
    * out: (B,)
    """

    def __init__(self, reader: TermReader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, batch: Batch) -> Tensor:
        """Return the log of the expected count."""
        told: Tensor = self.reader(batch)
        logs = told[:, 0]
        if self.reader.network.extra == "gate":
            logs = logs + torch.nn.functional.logsigmoid(-told[:, 1])
        return logs
