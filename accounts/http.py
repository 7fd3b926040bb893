"""Requests of people who are logged in, for the type checker."""

from accounts.models import User
from cs_workspace.common.http import HtmxRequest


class UserRequest(HtmxRequest):
    """A request behind the login: `LoginRequired` has seen to it that there is a user."""

    user: User
