"""What customers are asked on leaving, and what an interview must hold to be one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from renewals.domain.churn import Category

MOST_QUESTIONS: Final = 12
MOST_QUESTION: Final = 300
MOST_ANSWER: Final = 4_000

# Begins and ends every interview; in between comes what belongs to the category of the loss.
FIRST: Final = ("When did you first think of leaving, and what happened then?",)
LAST: Final = (
    "What could we have done that would have kept you?",
    "What would have to change for you to come back?",
)
BY_CATEGORY: Final = {
    Category.PRODUCT: (
        "What did you need to do that the product did not let you do, or not well enough?",
        "How did you tell us, and what came of it?",
    ),
    Category.VALUE: (
        "What did you expect to gain, and how far did you get?",
        "Which part of the work never came to be done with the product?",
    ),
    Category.RELATIONSHIP: (
        "Whom did you turn to when something mattered, and how were you answered?",
        "What changed in your team or in ours that made it harder?",
    ),
    Category.FINANCIAL: (
        "What was decided about the budget, by whom, and what else was cut?",
        "At which price or size would you have stayed?",
    ),
    Category.COMPETITION: (
        "What did you choose in our place, and what decided it?",
        "When did the comparison begin, and who was in it?",
    ),
    Category.STRATEGIC: (
        "What changed in your plans, and since when was it known?",
        "Is there another team at your company whom the product would help?",
    ),
}


def questions_for(category: Category) -> tuple[str, ...]:
    """What to ask a customer who leaves for a reason of a category."""
    return (*FIRST, *BY_CATEGORY[category], *LAST)


def is_told(answers: Sequence[tuple[str, str]]) -> bool:
    """Whether questions and answers make an interview: at least one question was answered."""
    return any(question and answer for question, answer in answers)


def tidy(answers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Questions and answers without blanks around them; without a question there is nothing to answer.

    Questions without an answer stay: that somebody did not answer is known then, too.
    """
    stripped = [(" ".join(question.split()), answer.strip()) for question, answer in answers]
    return [(question, answer) for question, answer in stripped if question]
