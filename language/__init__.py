"""The language side: MoE language model, the composed vision-language model, tokenizer, weights."""
