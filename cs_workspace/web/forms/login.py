"""The login."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm


class LoginForm(AuthenticationForm):
    """E-mail address and password; says the same whether the address or the password was wrong."""

    error_messages = {
        "invalid_login": "No active user has this address and password.",
        "inactive": "This user is switched off. Ask an admin.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"
        self.fields["username"].widget.attrs |= {"type": "email", "autocomplete": "username", "inputmode": "email"}
