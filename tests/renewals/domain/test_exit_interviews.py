"""What is asked on leaving, and what makes an interview."""

import pytest

from renewals.domain.churn import Category
from renewals.domain.exit_interviews import MOST_QUESTION, MOST_QUESTIONS, is_told, questions_for, tidy


@pytest.mark.parametrize("category", Category)
def test_every_category_has_questions_of_its_own_between_the_same_ends(category):
    questions = questions_for(category)
    others = {question for one in Category if one is not category for question in questions_for(one)}
    assert len(set(questions)) == len(questions) == 5
    assert len(set(questions) - others) == 2
    assert len(questions) <= MOST_QUESTIONS
    assert all(len(question) <= MOST_QUESTION for question in questions)


@pytest.mark.parametrize(
    ("answers", "told"),
    [([], False), ([("Why?", "")], False), ([("", "Dear")], False), ([("Why?", ""), ("When?", "In May")], True)],
)
def test_an_interview_has_an_answer(answers, told):
    assert is_told(answers) is told


def test_blanks_and_answers_to_nothing_go_and_questions_without_an_answer_stay():
    typed = [("  Why\n now? ", " Because. \n"), ("", "To what?"), ("When?", " ")]
    assert tidy(typed) == [("Why now?", "Because."), ("When?", "")]
