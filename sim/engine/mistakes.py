"""Mistakes as a user is told of them. Light, so that commands that need no model answer at once."""

import difflib
from collections.abc import Iterable


class ConfigurationError(ValueError):
    """Something a user can mend; the message is one sentence a line."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


def did_you_mean(name: object, known: Iterable) -> str:
    """End of a sentence on an unknown name: the one that was meant, or the whole list."""
    known = list(known)
    near = difflib.get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    names = sorted(str(k) for k in known)
    return "there are: " + ", ".join(names[:12]) + (f" and {len(names) - 12} more." if len(names) > 12 else ".")
