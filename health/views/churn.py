"""Churn probability: that of an account, and the page on which admins see how good the learned model is."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts.http import UserRequest
from accounts.queries.accounts import get_account_for
from cs_workspace.common.access import admins_only, changes
from cs_workspace.common.answers import answer
from cs_workspace.common.fragments import render_page
from cs_workspace.common.toasts import refuse, toast
from health.domain.learning import HORIZON_DAYS, LEAST_ACCOUNTS, LEAST_OUTCOMES
from health.models import ChurnModel
from health.queries.churn import churn_panel, model_page
from health.services.learning import SwitchError, ask_for_training, stop_using_model, use_model

HERE = "health:churn-model"
CHANGED = "churnModelChanged"


@require_safe
def account(request: UserRequest, pk: int) -> HttpResponse:
    """The probability that the account leaves, with its basis, its quality and its reasons."""
    found = get_account_for(request.user, pk)
    context = {"account": found, "churn": churn_panel(found), "horizon": HORIZON_DAYS}
    return render_page(request, "health/account_churn.html", context, partial="panel", target="churn")


@require_safe
@admins_only
def model(request: UserRequest) -> HttpResponse:
    """How good the model is, why it is used or not, and its versions; asks again while one is being trained."""
    context = {
        "page": model_page(),
        "horizon": HORIZON_DAYS,
        "least_outcomes": LEAST_OUTCOMES,
        "least_accounts": LEAST_ACCOUNTS,
    }
    response = render_page(request, "health/churn_model.html", context, partial="model")
    patch_cache_control(response, no_store=True)
    return response


@require_POST
@changes
@admins_only
def train(request: UserRequest) -> HttpResponse:
    """Asks the workers for a training; while one is under way, nothing more happens."""
    ask_for_training(by=request.user)
    toast(request, "A training is under way. This page shows what comes of it.")
    return answer(request, CHANGED, to=HERE)


@require_POST
@changes
@admins_only
def use(request: UserRequest) -> HttpResponse:
    """Lets a version count."""
    try:
        found = use_model(_asked(request), by=request.user)
    except SwitchError as error:
        refuse(request, str(error))
    else:
        toast(request, f"{found} counts from now on. All accounts are being scored anew.")
    return answer(request, CHANGED, to=HERE)


@require_POST
@changes
@admins_only
def stop(request: UserRequest) -> HttpResponse:
    """Lets the tier table count again."""
    stop_using_model(_asked(request), by=request.user)
    toast(request, "The tier table counts from now on. All accounts are being scored anew.")
    return answer(request, CHANGED, to=HERE)


def _asked(request: UserRequest) -> ChurnModel:
    text = request.POST.get("model", "")
    return get_object_or_404(ChurnModel, pk=int(text) if text.isdecimal() and len(text) <= 18 else 0)
