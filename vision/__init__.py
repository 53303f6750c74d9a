"""Image → visual tokens: tile planning, preprocessing, ViT, projector, token layout, glyph map."""
