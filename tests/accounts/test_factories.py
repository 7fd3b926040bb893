import factory
import pytest

from accounts.models import Account
from tests import factories
from tests.cast import Cast

NEEDS_A_PARENT = {
    factories.TierFactory: lambda: {"version": factories.ScorecardVersionFactory(content=False)},
    factories.DimensionFactory: lambda: {"version": factories.ScorecardVersionFactory(content=False)},
    factories.IndicatorFactory: lambda: {
        "dimension": factories.DimensionFactory(version=factories.ScorecardVersionFactory(content=False))
    },
    factories.ProposalOptionFactory: lambda: {"proposal": factories.ProposalFactory()},
    factories.ProposalLineFactory: lambda: {
        "option": factories.ProposalOptionFactory(proposal=factories.ProposalFactory())
    },
}
ALL = [
    made
    for made in vars(factories).values()
    if isinstance(made, type) and issubclass(made, factory.django.DjangoModelFactory) and not made._meta.abstract
]


@pytest.mark.django_db
@pytest.mark.parametrize("made", ALL, ids=lambda made: made.__name__)
def test_every_factory_makes_a_row_that_holds(made):
    needs = NEEDS_A_PARENT.get(made, dict)()
    row = made(**needs)
    row.validate_constraints()


def test_the_cast_sees_what_it_should(cast: Cast):
    for user in cast.insiders:
        assert cast.account in Account.objects.visible_to(user), user
    for user in (cast.outsider, cast.other_manager):
        assert cast.account not in Account.objects.visible_to(user), user
        assert cast.strangers in Account.objects.visible_to(user), user
