"""Transformers skin: our models and the official DeepSeek-VL2 checkpoints behind the Auto classes.

    from octavo.language import hf
    hf.register()
    model = AutoModelForImageTextToText.from_pretrained("deepseek-ai/deepseek-vl2-small", dtype="bfloat16")
    processor = AutoProcessor.from_pretrained("deepseek-ai/deepseek-vl2-small")

Needs nothing of ``octavo.app``. No code from a checkpoint's repository is run.
"""

from .config import DeepseekVLV2Config, OctavoConfig
from .model import DeepseekVLV2ForConditionalGeneration, OctavoForConditionalGeneration
from .processor import DeepseekVLV2Processor, OctavoProcessor

__all__ = [
    "DeepseekVLV2Config",
    "DeepseekVLV2ForConditionalGeneration",
    "DeepseekVLV2Processor",
    "OctavoConfig",
    "OctavoForConditionalGeneration",
    "OctavoProcessor",
    "register",
]


def register() -> None:
    """Make ``deepseek_vl_v2`` and ``octavo`` known to Transformers' Auto classes; twice does no harm."""
    import transformers

    for config, model, processor in (
        (DeepseekVLV2Config, DeepseekVLV2ForConditionalGeneration, DeepseekVLV2Processor),
        (OctavoConfig, OctavoForConditionalGeneration, OctavoProcessor),
    ):
        transformers.AutoConfig.register(config.model_type, config, exist_ok=True)
        for auto in (transformers.AutoModelForImageTextToText, transformers.AutoModelForCausalLM):
            auto.register(config, model, exist_ok=True)
        transformers.AutoProcessor.register(config, processor, exist_ok=True)
        transformers.AutoTokenizer.register(
            config, fast_tokenizer_class=transformers.PreTrainedTokenizerFast, exist_ok=True
        )
