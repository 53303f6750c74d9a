"""``octavo serve``: the service over HTTP. ``create_app`` makes it; ``chat`` speaks OpenAI's protocol,
``jobs`` takes whole documents, ``shell`` guards both."""
