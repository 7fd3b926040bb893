"""Why something was not done, in words fit for the person who tried."""


class RefusedError(Exception):
    """A rule forbids it; the message is the reason."""


class RepeatedError(Exception):
    """The same form came twice; the first one has done it, and nothing was done again."""


class StaleError(Exception):
    """Somebody else changed the record since it was read; nothing was written.

    `current` is the record as it stands now, `by` the name of the one who changed it last, empty where unknown.
    """

    def __init__(self, current: object, by: str = "") -> None:
        self.current = current
        self.by = by
        super().__init__(f"{by or 'Somebody'} changed this meanwhile.")
