"""The networks that are trained: the trunk, and the reader's heads on it."""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Encoding, Tokenizer
from torch import nn
from torch.nn import functional
from transformers import BertModel

PAD = 1
# Where networks are trained; all else is done on the CPU.
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_base(directory: Path) -> tuple[Tokenizer, BertModel]:
    """The tokenizer and the trunk; its word embeddings stay as they are, so that encoder and reader share them."""
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    # The plain attention, without dropout, is the fastest to train on a CPU in half precision.
    model = BertModel.from_pretrained(
        directory, add_pooling_layer=False, attn_implementation="eager", attention_probs_dropout_prob=0.0
    )
    model.embeddings.word_embeddings.weight.requires_grad = False
    return tokenizer, model


def half_precision() -> torch.autocast:
    """Matrix products in bfloat16 where the processor has them, which makes a step almost three times as fast."""
    if DEVICE.type == "cuda":
        return torch.autocast("cuda", torch.bfloat16)
    found = torch.cpu.get_capabilities()
    return torch.autocast("cpu", torch.bfloat16, enabled=any(found.get(name) for name in ("avx512_bf16", "amx_bf16")))


def tokenize(tokenizer: Tokenizer, texts: Sequence[str], length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask, each of shape (texts, longest), int64."""
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(pad_id=PAD, pad_token="<pad>")
    return as_tensors(tokenizer.encode_batch(list(texts)))


def as_tensors(encodings: Sequence[Encoding]) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        torch.tensor([encoding.ids for encoding in encodings]),
        torch.tensor([encoding.attention_mask for encoding in encodings]),
    )


def mean_pooled(model: BertModel, tokens: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Unit-length embeddings, shape (texts, hidden): the mean over the tokens of each text."""
    ids, mask = (tensor.to(model.device) for tensor in tokens)
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    weights = mask.unsqueeze(-1).to(states.dtype)
    return functional.normalize((states * weights).sum(dim=1) / weights.sum(dim=1), dim=1)


def partway(began: dict[str, torch.Tensor], model: nn.Module, share: float) -> dict[str, torch.Tensor]:
    """The weights that lie at this share of the way from those that training began with (Wortsman et al. 2022)."""
    trained = model.state_dict()
    return {name: torch.lerp(weight, trained[name], share) for name, weight in began.items()}


class ReaderNetwork(nn.Module):
    """A trunk with two heads: where the answer starts and ends, and whether there is one."""

    def __init__(self, trunk: BertModel) -> None:
        super().__init__()
        hidden = trunk.config.hidden_size
        self.trunk = trunk
        self.span = nn.Linear(hidden, 2)
        self.pooled = nn.Linear(hidden, hidden)
        self.answers = nn.Linear(hidden, 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Start and end logits, each of shape (pairs, tokens), and answerability logits, shape (pairs,)."""
        device = self.trunk.device
        states = self.trunk(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state
        start, end = self.span(self.dropout(states)).unbind(dim=-1)
        pooled = torch.tanh(self.pooled(self.dropout(states[:, 0])))
        return start, end, self.answers(self.dropout(pooled)).squeeze(-1)
