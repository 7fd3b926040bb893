"""What data prove of onboardings: the words in which those who ask and those who answer meet."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A step that data may tick, or an onboarding that is looked at: by `key`, of an account, since a day.

    With a `product` only what was observed of it counts, and what names none. `number` is how many, or what percentage;
    None where the proof asks for none.
    """

    key: int
    account_id: int
    since: dt.date
    product_id: int | None = None
    number: int | None = None


@dataclass(frozen=True)
class Proved:
    """What the data show, in words, and on which day it came to be so."""

    on: dt.date
    evidence: str
