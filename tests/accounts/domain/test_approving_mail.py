import pytest

from accounts.domain.approving_mail import Refusal, Standing, Verb, outcome_of, verbs_for

POSSIBLE = {
    (Standing.DRAFT, Verb.APPROVE): Standing.QUEUED,
    (Standing.DRAFT, Verb.CANCEL): Standing.CANCELLED,
    (Standing.QUEUED, Verb.CANCEL): Standing.CANCELLED,
    (Standing.UNCLEAR, Verb.CANCEL): Standing.CANCELLED,
    (Standing.FAILED, Verb.CANCEL): Standing.CANCELLED,
    (Standing.UNCLEAR, Verb.SEND_AGAIN): Standing.QUEUED,
    (Standing.FAILED, Verb.SEND_AGAIN): Standing.QUEUED,
    (Standing.UNCLEAR, Verb.COUNT_AS_SENT): Standing.SENT,
}


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("verb", Verb)
def test_every_verb_leads_somewhere_or_says_why_not(standing, verb):
    outcome = outcome_of(standing, verb)
    if (standing, verb) in POSSIBLE:
        assert outcome is POSSIBLE[standing, verb]
        assert verb in verbs_for(standing)
    else:
        assert isinstance(outcome, Refusal)
        assert outcome.reason.endswith(".")
        assert verb not in verbs_for(standing)


@pytest.mark.parametrize("standing", [Standing.SENDING, Standing.SENT, Standing.CANCELLED, Standing.WITHHELD])
def test_nothing_is_done_with_what_is_over_or_on_its_way(standing):
    assert verbs_for(standing) == ()
