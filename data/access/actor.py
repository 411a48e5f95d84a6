"""Somebody who does something: a role, an account, and what they may do.

Whatever changes what is kept asks the one who does it for the right, whoever drew the button.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import InputError

LOOK, IMPORT, PLAN, ACCEPT, ADMINISTER = "look", "import", "plan", "accept", "administer"
RIGHTS = (LOOK, IMPORT, PLAN, ACCEPT, ADMINISTER)
_MAY = {
    LOOK: "look at anything here",
    IMPORT: "load, fetch or measure data",
    PLAN: "save or change plans and figures",
    ACCEPT: "accept months in doubt",
    ADMINISTER: "read or purge the log of who did what",
}


class NotAllowedError(InputError):
    """The one who asks has not the right to do this; nothing was done."""


@dataclass(frozen=True)
class Actor:
    """Somebody who does something.

    Attributes
    ----------
    role : str
        In words, such as "planner and importer"; never a person's name.
    account : str
        As the login tells it; empty where nobody logs in.
    rights : frozenset of str
        Of ``RIGHTS``.
    """

    role: str
    account: str
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        """Whether they have a right."""
        return right in self.rights

    def must(self, right: str) -> None:
        """Refuse where they have not the right.

        Raises
        ------
        NotAllowedError
            With what to do.
        """
        if not self.may(right):
            raise NotAllowedError(
                f"as {self.role} you may not {_MAY[right]}",
                hint="An administrator can give you the right. Nothing was done.",
            )


MACHINE = Actor("command line", "", frozenset(RIGHTS))  # whoever may run a command on the machine may read its files
HERE = Actor("this computer", "", frozenset(RIGHTS))  # the app without a login, asked from the machine that it runs on
ANYBODY = Actor("anybody, without a login", "", frozenset(RIGHTS))  # where the one switch says so
