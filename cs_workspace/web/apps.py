from django.apps import AppConfig


class WebConfig(AppConfig):
    """What shows all apps at once: Today, palette, set-up, demo and import."""

    name = "cs_workspace.web"
    label = "web"

    def ready(self) -> None:
        """Offers its own pages in the palette."""
        from cs_workspace.web.registration import register

        register()
