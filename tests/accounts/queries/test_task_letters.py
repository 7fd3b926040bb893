"""Which e-mail a task is about."""

import pytest

from accounts.models import Mail, Task
from accounts.queries.task_letters import letter_of
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [state for state in Mail.State if state != Mail.State.CANCELLED])
def test_a_task_knows_its_e_mail_wherever_that_stands(state):
    task = make.TaskFactory()
    other = make.TaskFactory()
    moments = {"sent_at": "2026-03-01T08:00Z", "claimed_at": "2026-03-01T08:00Z"}
    mail = make.MailFactory(key=f"task:{task.pk}", state=state, **moments)
    make.MailFactory(key=f"task:{task.pk}0")
    found = {one.pk: one.letter_id for one in Task.objects.annotate(letter_id=letter_of())}
    assert found == {task.pk: mail.pk, other.pk: None}


def test_one_that_was_cancelled_is_none():
    task = make.TaskFactory()
    make.MailFactory(key=f"task:{task.pk}", state=Mail.State.CANCELLED)
    assert Task.objects.annotate(letter_id=letter_of()).get().letter_id is None
