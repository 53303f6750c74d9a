"""Our processor behind Transformers' interface: text and pictures in, tensors out.

The tokenizer is a ``PreTrainedTokenizerFast``; ids are made by ``octavo.language.processor``, which follows
the original token for token. Chats may be in the original form (``content`` a string with ``<image>`` marks)
or in Transformers' (``content`` a list of ``image`` and ``text`` parts).
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tokenizers
from PIL import Image
from torch import Tensor
from transformers import BatchFeature, PreTrainedTokenizerFast, ProcessorMixin
from transformers.image_utils import load_image

from ..config import ModelConfig
from ..grounding import Detection, parse_grounding
from ..official_config import is_official
from ..official_tokenizer import OfficialTokenizer
from ..processor import Message, Processor, Prompt
from ..tokenizer import ASSISTANT, BOS, EOS, IMAGE, PAD, SPECIAL_TOKENS, USER, Tokenizer
from ..weights import CONFIG, TOKENIZER, read_config
from .config import DeepseekVLV2Config, OctavoConfig
from .loading import folder_of

PROCESSOR, OWN_KEY = "processor_config.json", "octavo"
ROLES = {USER: "user", ASSISTANT: "assistant"}


class SkinProcessor(ProcessorMixin):
    """Base of both. ``model_config`` says how pages are tiled and how long a conversation may be."""

    attributes = ["tokenizer"]
    tokenizer_class = "PreTrainedTokenizerFast"
    own_tokenizer: type[Tokenizer] = Tokenizer

    def __init__(self, tokenizer: PreTrainedTokenizerFast, model_config: ModelConfig | None = None) -> None:
        super().__init__(tokenizer)
        self.tokenizer.padding_side = "left"
        if model_config is None:
            raise ValueError("use from_pretrained, or pass model_config")
        self.model_config = model_config
        inner = tokenizers.Tokenizer.from_str(
            tokenizer.backend_tokenizer.to_str()
        )  # its own: a flag is set on it
        words = self.own_tokenizer(inner)
        self.core = Processor(words, model_config.vision, model_config.language.max_positions)
        self.image_token, self.image_token_id = IMAGE, words.image

    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | os.PathLike[str], **kwargs: Any) -> Any:
        """From a folder with ``tokenizer.json`` and the model's ``config.json``, or one that was saved here.

        Raises ``FileNotFoundError`` or ``ValueError`` naming the file.
        """
        folder = folder_of(pretrained_model_name_or_path, kwargs)
        if is_official(folder) or (folder / CONFIG).is_file():
            config = read_config(folder)
        else:
            config = ModelConfig.from_dict(json.loads((folder / PROCESSOR).read_text("utf-8"))[OWN_KEY])
        if cls.own_tokenizer is OfficialTokenizer:
            inner = OfficialTokenizer.from_folder(folder, TOKENIZER, config.language.vocab_size).inner
        else:
            inner = Tokenizer.from_file(folder / TOKENIZER).inner
        return cls(fast_tokenizer(inner), config)

    def save_pretrained(self, save_directory: str | os.PathLike[str], **kwargs: Any) -> None:
        """Write ``tokenizer.json``, its settings and ``processor_config.json``."""
        folder = Path(save_directory)
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer.save_pretrained(folder)
        data = {"processor_class": type(self).__name__, OWN_KEY: self.model_config.to_dict()}
        (folder / PROCESSOR).write_text(json.dumps(data, indent=2) + "\n", "utf-8")

    def __call__(
        self,
        images: Any = None,
        text: str | Sequence[str] | None = None,
        crop: bool | None = None,
        return_tensors: str = "pt",
        **kwargs: Any,
    ) -> BatchFeature:
        """Formatted texts, each with an ``<image>`` for every one of its pictures, as a batch.

        ``images``: a picture, a list for one text, or a list of lists. ``crop`` as in
        ``octavo.language.processor``. Raises ``ValueError`` for numbers that do not fit, texts too long, or
        tensors other than "pt".
        """
        if text is None:
            raise ValueError(f"give a text; {IMAGE} in it stands for a picture")
        texts = [text] if isinstance(text, str) else list(text)
        pictures = pictures_of(images, [one.count(IMAGE) for one in texts])
        prompts = [
            self.core.encode_text(one, some, crop=crop) for one, some in zip(texts, pictures, strict=True)
        ]
        return self._batch(prompts, return_tensors)

    def apply_chat_template(
        self,
        conversation: Sequence[Any],
        images: Any = None,
        *,
        tokenize: bool = False,
        return_dict: bool = True,
        return_labels: bool = False,
        crop: bool | None = None,
        return_tensors: str = "pt",
        **kwargs: Any,
    ) -> Any:
        """A chat, or a list of chats, in the original's format; ``tokenize`` gives a batch instead of text.

        ``images``: for chats whose ``content`` is a string, as for calling. ``return_labels``: the chats are
        whole, answers included, and come with the original's labels.
        """
        chats = [conversation] if isinstance(conversation[0], dict) else list(conversation)
        read = [messages_of(chat) for chat in chats]
        if not tokenize:
            texts = [self._text(messages) for messages, _ in read]
            return texts[0] if isinstance(conversation[0], dict) else texts
        if images is not None:
            marks = [sum(m.content.count(IMAGE) for m in messages) for messages, _ in read]
            read = [(m, some) for (m, _), some in zip(read, pictures_of(images, marks), strict=True)]
        prompts = [self.core.encode(m, some, crop=crop, for_training=return_labels) for m, some in read]
        batch = self._batch(prompts, return_tensors)
        if return_labels:
            batch["labels"] = self.core.collate(prompts).labels
        return batch if return_dict else batch["input_ids"]

    def _text(self, messages: Sequence[Message]) -> str:
        """The chat as one string: what the ids of :meth:`apply_chat_template` say, for reading."""
        mark, parts = self.core.tokenizer.turn_mark, []
        for message in messages:
            content = message.content.strip()
            if message.role == "user":
                parts.append(f"{USER}: {content}\n\n{ASSISTANT}{mark}")
            else:
                parts.append(
                    content + (EOS if message.role == "assistant" and message is not messages[-1] else "")
                )
        return "".join(parts)

    def _batch(self, prompts: Sequence[Prompt], return_tensors: str | None) -> BatchFeature:
        if return_tensors not in ("pt", None):
            raise ValueError(f"return_tensors {return_tensors!r} is not supported: only 'pt' is")
        batch = self.core.collate(prompts)
        data: dict[str, Tensor] = {"input_ids": batch.ids, "attention_mask": batch.mask.long()}
        if batch.grids.shape[1]:
            data["pixel_values"] = batch.tiles / 127.5 - 1
            data["images_spatial_crop"] = batch.grids
        return BatchFeature(data)

    def decode(self, *args: Any, **kwargs: Any) -> str:
        """As the tokenizer's."""
        return self.tokenizer.decode(*args, **kwargs)

    def batch_decode(self, *args: Any, **kwargs: Any) -> list[str]:
        """As the tokenizer's."""
        return self.tokenizer.batch_decode(*args, **kwargs)

    def post_process_grounding(self, text: str) -> tuple[Detection, ...]:
        """The boxes in an answer that was decoded with its special tokens."""
        return parse_grounding(text)

    @property
    def model_input_names(self) -> list[str]:
        return ["input_ids", "attention_mask", "pixel_values", "images_spatial_crop"]


class DeepseekVLV2Processor(SkinProcessor):
    """The processor of DeepSeek-VL2 checkpoints."""

    own_tokenizer = OfficialTokenizer
    config_class = DeepseekVLV2Config


class OctavoProcessor(SkinProcessor):
    """The processor of our own models."""

    config_class = OctavoConfig


def fast_tokenizer(inner: tokenizers.Tokenizer) -> PreTrainedTokenizerFast:
    """A Transformers tokenizer over the same ids; it recognises special tokens in text, as theirs do."""
    inner = tokenizers.Tokenizer.from_str(inner.to_str())
    inner.encode_special_tokens = False
    others = [name for name in SPECIAL_TOKENS if name not in (BOS, EOS, PAD)]
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        additional_special_tokens=others,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )


def pictures_of(images: Any, marks: Sequence[int]) -> list[list[Image.Image]]:
    """``images`` in any of its forms → the pictures of each text, which has so many ``marks``."""
    if images is None:
        groups: list[Any] = [[] for _ in marks]
    elif not isinstance(images, list | tuple):
        groups = [[images]]
    elif images and isinstance(images[0], list | tuple):
        groups = list(images)
    else:  # one list for all texts: dealt out in order
        coming = iter(images)
        groups = [[next(coming, None) for _ in range(count)] for count in marks]
        groups = [[image for image in group if image is not None] for group in groups]
        groups[-1] += list(coming)
    if len(groups) != len(marks):
        raise ValueError(f"pictures for {len(groups)} texts, and there are {len(marks)}")
    return [[load_image(image) for image in group] for group in groups]


def messages_of(chat: Sequence[dict[str, Any]]) -> tuple[list[Message], list[Image.Image]]:
    """A chat in either form → our messages and the pictures that lie in its parts."""
    messages, images = [], []
    for turn in chat:
        role = ROLES.get(turn["role"], turn["role"])
        if role not in ("system", "user", "assistant"):
            raise ValueError(f"unknown role {turn['role']!r}: system, user or assistant")
        content = turn["content"]
        if not isinstance(content, str):
            parts = []
            for part in content:
                if part["type"] == "image":
                    source = next(
                        (part[key] for key in ("image", "url", "path") if part.get(key) is not None), None
                    )
                    if source is None:
                        raise ValueError("an image part has none of the keys image, url, path")
                    images.append(load_image(source))
                    parts.append(IMAGE + "\n")
                elif part["type"] == "text":
                    parts.append(part["text"])
                else:
                    raise ValueError(f"a part of type {part['type']!r}: only image and text are read")
            content = "".join(parts)
        messages.append(Message(role, content))
    return messages, images
