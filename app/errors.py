"""What can go wrong for a user. Every message is one line: the thing, what is wrong with it, what to do."""


class OctavoError(Exception):
    """Base of every error that is the caller's to repair; the command line prints it and exits with 2."""


class UsageError(OctavoError):
    """The call does not make sense: an empty question, a malformed page range, an unknown setting."""


class DocumentError(OctavoError):
    """A file that cannot be opened as a document. The message names the file and the remedy."""

    @classmethod
    def about(cls, file: str, problem: str, remedy: str) -> "DocumentError":
        """The message in its usual form."""
        return cls(f"{file}: {problem}; {remedy}")


class PageError(OctavoError):
    """One page of an opened document that cannot be rendered or read; the other pages are unaffected."""

    def __init__(self, file: str, page: int, reason: str) -> None:
        super().__init__(f"{file}: page {page}: {reason}")
        self.file, self.page, self.reason = file, page, reason


class ModelError(OctavoError):
    """The model cannot be loaded."""
