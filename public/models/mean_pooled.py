"""BERT or DistilBERT with a classifier on the mean of a text's tokens. Needs torch, safetensors and transformers.

    from mean_pooled import MeanPooledClassifier
    model = MeanPooledClassifier.from_pretrained('.')       # the folder of config.json and model.safetensors
    logits = model(**tokenizer('A text.', return_tensors='pt')).logits   # [1, labels]

The mean is over the tokens that are not padding, special ones included, as sentence-transformers makes it (Reimers and
Gurevych 2019); `transformers` itself knows a head on the first token alone.
"""

from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModel


class MeanPooledClassifier(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        encoder = AutoModel.from_config(config, **({"add_pooling_layer": False} if config.model_type == "bert" else {}))
        # the names of `transformers`: `bert.encoder…` or `distilbert.transformer…`, and `classifier`
        setattr(self, config.model_type, encoder)
        width = getattr(config, "hidden_size", None) or config.dim
        self.classifier = torch.nn.Linear(width, config.num_labels)

    @classmethod
    def from_pretrained(cls, folder, strict=True, **fields):
        """`strict=False` for a model that has another head yet; `fields` replace those of config.json."""
        model = cls(AutoConfig.from_pretrained(folder, **fields))
        model.load_state_dict(load_file(Path(folder) / "model.safetensors"), strict=strict)
        return model.eval()

    @property
    def device(self):
        return self.classifier.weight.device

    def forward(
        self,
        input_ids=None,
        attention_mask=None,
        token_type_ids=None,
        inputs_embeds=None,
        past_key_values=None,
        **_,
    ):
        """Of ids or of embeddings, which `peft` makes of them, with its learned keys and values in front where it has some."""
        encoder = getattr(self, self.config.model_type)
        types = {} if token_type_ids is None or self.config.model_type != "bert" else {"token_type_ids": token_type_ids}
        given = {"inputs_embeds": inputs_embeds, "past_key_values": past_key_values}
        given = {name: value for name, value in given.items() if value is not None}
        hidden = encoder(input_ids=input_ids, attention_mask=attention_mask, **types, **given).last_hidden_state  # [B, T, D]
        # learned keys are under the mask too, and are no tokens
        keep = attention_mask[:, -hidden.shape[1] :].unsqueeze(-1).to(hidden.dtype)  # [B, T, 1]
        mean = (hidden * keep).sum(1) / keep.sum(1).clamp(min=1e-9)
        return SimpleNamespace(logits=self.classifier(mean))
