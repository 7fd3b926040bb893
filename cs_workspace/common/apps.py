from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Under the ground: helpers and template tags that know no app."""

    name = "cs_workspace.common"
    label = "common"
