"""What people use today instead of Octavo: an OCR engine and rules over its words.

The rules are as good as we could make them: a weak opponent proves nothing. ``engines`` turns pixels into
words, ``layout`` words into rows and cells; ``receipt``, ``invoice``, ``form`` and ``tables`` hold the rules,
``service`` puts both behind the calls that evaluation makes. Nothing here is part of Octavo.
"""
