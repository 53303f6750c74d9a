"""An optional login: one name and password, from the environment of whoever starts the program."""

import hmac
import os
import threading
import time
from collections.abc import Callable, Mapping

from ..errors import UsageError

VARIABLE = "OCTAVO_UI_LOGIN"  # "name:password"
PAUSE_S = 1.0  # after a wrong one; nobody guesses faster than this


def login_of(environ: Mapping[str, str] = os.environ) -> Callable[[str, str], bool] | None:
    """A check of name and password; None where no login is wanted. Raises UsageError."""
    wanted = environ.get(VARIABLE, "")
    if not wanted:
        return None
    name, _, password = wanted.partition(":")
    if not name or len(password) < 8:
        raise UsageError(f"{VARIABLE}: has to be name:password, the password with 8 characters or more")
    lock = threading.Lock()

    def is_right(given_name: str, given_password: str) -> bool:
        pairs = ((given_name, name), (given_password, password))
        # Both are compared in full, in a time that tells nothing.
        right = [hmac.compare_digest(given.encode(), known.encode()) for given, known in pairs]
        if all(right):
            return True
        with lock:  # one guess after the other, however many connections there are
            time.sleep(PAUSE_S)
        return False

    return is_right
